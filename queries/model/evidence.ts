/** A file that belongs to a case; its bytes are `GET /api/cases/:id/evidence/:no` unless it was removed. */
export interface EvidenceJson {
  /** From 1, within its case. */
  no: number;
  name: string;
  /** As people call it: "PDF". */
  type: string;
  bytes: number;
  /** What it shows. */
  note: string;
  /** Who added it; null where the reader is told of nobody. */
  by: string | null;
  at: string;
  removed: { by: string | null; at: string; reason: string } | null;
}

/** Answer where a file was added or removed: its number, and how many events the case has now. */
export interface EvidenceAnswer {
  case_id: number;
  no: number;
  version: number;
}

/** Body of `POST /api/cases/:id/evidence/:no/removal`. */
export interface EvidenceRemovalBody {
  version: number;
  reason: string;
}
