import { STREAM_BOUNDS } from '../../settings/index.ts';
import { serve } from '../../threads/index.ts';
import { parsing } from './parsing.ts';
import { rawReader } from './reader.ts';

/** Milliseconds for one line. */
const LONGEST = STREAM_BOUNDS.seconds.value * 1_000;

await serve(async () => parsing(({ place, context, given, recording }) => rawReader(place, context, given, recording), LONGEST));
