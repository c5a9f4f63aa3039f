// The lower edges of the store's bins, in order: every minute up to two days, every hour up to 400 days, every day beyond.
const [firstHour, firstDay] = [2_880, 576_000];
const [hourPlace, dayPlace] = [firstHour, firstHour + (firstDay - firstHour) / 60];

/** Where a bin that begins at so many minutes stands in the order of all bins, from 0. */
export function placeOf(minutes: number): number {
  if (minutes < firstHour) return minutes;
  return Math.trunc(minutes < firstDay ? hourPlace + (minutes - firstHour) / 60 : dayPlace + (minutes - firstDay) / 1440);
}

/** The minutes at which the bin at a place begins. */
export function minutesAt(place: number): number {
  if (place < hourPlace) return place;
  return place < dayPlace ? firstHour + (place - hourPlace) * 60 : firstDay + (place - dayPlace) * 1440;
}
