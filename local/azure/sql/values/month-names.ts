/** In us_english, the language of every session. */
export const monthNames: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export const shortMonthNames: readonly string[] = monthNames.map((name) => name.slice(0, 3));
