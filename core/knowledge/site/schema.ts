import { Type, type Static } from 'typebox';
import { NAME_PATTERN, TEXT_PATTERN } from '../../readings/index.ts';
import { GPU_IDS } from '../hardware/index.ts';

const POSITIVE = { exclusiveMinimum: 0 } as const;

/** headroom.site.json, in the units that people write: gigabytes (10⁹), gigabits and days. */
export const SiteFileSchema = Type.Object(
  {
    name: Type.String({ pattern: NAME_PATTERN, minLength: 1, maxLength: 100 }),
    nodeTypes: Type.Array(
      Type.Object(
        {
          id: Type.String({ pattern: NAME_PATTERN, minLength: 1, maxLength: 60 }),
          gpu: Type.String({ pattern: NAME_PATTERN, description: `one of ${GPU_IDS.join(', ')}` }),
          gpusPerNode: Type.Integer({ minimum: 1, maximum: 64 }),
          nodes: Type.Optional(Type.Integer({ minimum: 1 })),
          cores: Type.Integer({ minimum: 1 }),
          cpu: Type.Optional(Type.String({ pattern: NAME_PATTERN, maxLength: 2_000 })),
          /** Host memory sizes that occur. */
          hostMemoryGB: Type.Array(Type.Number(POSITIVE), { minItems: 1 }),
          /** Fastest first. */
          networks: Type.Array(
            Type.Object(
              {
                kind: Type.Union([Type.Literal('infiniband'), Type.Literal('ethernet')]),
                gbit: Type.Number(POSITIVE),
              },
              { additionalProperties: false },
            ),
            { minItems: 1 },
          ),
          /** What joins its GPUs: their rows of `nvidia-smi topo -m` without the name in front, e.g. "X NV4 SYS SYS". */
          topology: Type.Optional(Type.Array(Type.String({ pattern: NAME_PATTERN, maxLength: 400 }), { minItems: 1, maxItems: 64 })),
          scratchGB: Type.Optional(Type.Number(POSITIVE)),
          notes: Type.Optional(Type.Array(Type.String({ pattern: TEXT_PATTERN, maxLength: 2_000 }))),
          /** GPU-hour price in `currency`; left out where there is none. */
          pricePerGpuHour: Type.Optional(Type.Number({ minimum: 0 })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
    storage: Type.Optional(
      Type.Object(
        {
          name: Type.String({ pattern: NAME_PATTERN, maxLength: 2_000 }),
          nodeGBPerSecond: Type.Optional(Type.Number(POSITIVE)),
          /** What jobs call the disk of their own node, e.g. $TMPDIR. */
          scratch: Type.Optional(Type.String({ pattern: NAME_PATTERN, minLength: 1, maxLength: 60 })),
        },
        { additionalProperties: false },
      ),
    ),
    /** Whose midnight begins a day; UTC where it is left out. */
    timeZone: Type.Optional(Type.String({ pattern: NAME_PATTERN, description: 'an IANA name such as Europe/Stockholm' })),
    /** What the scheduler lets a job run at most; left out where there is no limit. */
    longestJobDays: Type.Optional(Type.Number(POSITIVE)),
    currency: Type.Optional(Type.String({ pattern: NAME_PATTERN, minLength: 1, maxLength: 20 })),
  },
  { additionalProperties: false },
);

export type SiteFile = Static<typeof SiteFileSchema>;
