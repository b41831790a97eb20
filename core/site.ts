/** What a cluster is made of: the built-in Alvis, or a headroom.site.json. */
export { ALVIS, pricePerHour, type Site, type SitePrices, type SiteStorage } from './site/site.ts';
export { SiteFileSchema, type SiteFile } from './site/schema.ts';
export { dayStart } from './site/day.ts';
export { parseSite, type SiteResult } from './site/parse.ts';
