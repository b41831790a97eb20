/** What a cluster is made of: the built-in Alvis, or a headroom.site.json. */
export { ALVIS, pricePerHour, type Site } from './site.ts';
export { parseSite } from './parse.ts';
export { dayStart } from './day.ts';
