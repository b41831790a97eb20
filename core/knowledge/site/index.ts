/** What a cluster is made of: the built-in Alvis, or a headroom.site.json. */
export { ALVIS, gpusOf, nodesWith, pricePerHour, scratchName, type Site, siteLine, UNKNOWN_SITE } from './site.ts';
export { dayStart } from './day.ts';
export { parseSite } from './parse.ts';
