/**
 * A yes-or-no choice of this reader, remembered in this browser and shared by every component that reads it.
 * @param name unique name of the choice
 */
export function rememberedFlag(name: string): { value: boolean } {
  const key = `silverlining.${name}`;
  let value = $state(typeof localStorage === 'undefined' ? false : localStorage.getItem(key) === 'yes');
  return {
    get value() {
      return value;
    },
    set value(next) {
      value = next;
      localStorage.setItem(key, next ? 'yes' : 'no');
    },
  };
}

/** Whether charts are shown as tables. */
export const showsTables = rememberedFlag('tables');
