import { noRules } from '../../etl/business-rules.ts';
import { defaultProcedure } from '../../etl/procedure.ts';
import type { ProcedureJson } from '../../queries/model/work.ts';
import { api } from '../api.ts';
import { session } from './session.svelte.ts';

/** What holds for who may not see the procedure, or until it is there: the usual steps, and nothing promised. */
const usual: ProcedureJson = { procedure: defaultProcedure, rules: noRules, zone: 'UTC', role: 'staff' };

/** How cases are handled; asked for once. */
class KnownProcedure {
  #value = $state.raw<ProcedureJson | null>(null);
  #isAsked = false;

  get value(): ProcedureJson {
    return this.#value ?? usual;
  }

  /** Has it fetched where that was not done yet and who is signed in may see it. */
  load(): void {
    if (!session.can('enter_case')) return;
    if (this.#isAsked) return;
    this.#isAsked = true;
    void api.procedure().then(
      (value) => (this.#value = value),
      // The next page that needs it asks again; until then nothing is promised.
      () => (this.#isAsked = false),
    );
  }
}

export const procedure = new KnownProcedure();
