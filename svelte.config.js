// Read by svelte-check and the ESLint plugin; Vite gets the same options in web/vite.config.ts.
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

export default { preprocess: vitePreprocess() };
