/** What a cluster is made of: the built-in Alvis, or a headroom.site.json. */
export { ALVIS, pricePerHour, type Site, type SitePrices, type SiteStorage } from './site.ts';
export { SiteFileSchema, type SiteFile } from './schema.ts';
export { parseSite, type SiteResult } from './parse.ts';
export { dayStart } from './day.ts';
