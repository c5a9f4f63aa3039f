/** The roles there are, as people read them; what each may do is told where routes are guarded. */
export const roleLabels = {
  administrator: 'Administrator',
  quality_manager: 'Quality manager',
  trainer: 'Trainer',
  executive: 'Executive',
  staff: 'Front-line staff',
} as const;
export type RoleName = keyof typeof roleLabels;
export const roleNames = Object.keys(roleLabels) as [RoleName, ...RoleName[]]; // its own keys

/** Roles within a sentence: "a quality manager or an administrator". */
export function rolesInWords(names: readonly RoleName[]): string {
  const one = (name: RoleName) =>
    name === 'staff' ? 'front-line staff' : `${/^[ae]/.test(name) ? 'an' : 'a'} ${roleLabels[name].toLowerCase()}`;
  return names.map(one).join(' or ');
}
