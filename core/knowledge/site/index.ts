/** What a cluster is made of: the built-in Alvis, or a headroom.site.json. */
export { ALVIS, gpusOf, siteLine, nodesWith, pricePerHour, scratchName, type Site, UNKNOWN_SITE } from './site.ts';
export { parseSite } from './parse.ts';
