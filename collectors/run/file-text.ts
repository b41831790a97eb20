/** Turns bytes that come in pieces, cut anywhere, into text. */
export interface TextReader {
  feed(bytes: Uint8Array): string;
  end(): string;
}

/**
 * The text of a recorded file or a stream: UTF-8, or UTF-16 where its byte order mark says so (PowerShell's `>` writes that), or where
 * every other one of its first bytes is empty, as in a part of such a file; the mark is removed. Bytes that are neither become U+FFFD: a binary is refused by its format, not by its encoding.
 */
export function textReader(): TextReader {
  let decoder: TextDecoder | null = null;
  let held: number[] = [];
  return {
    feed(bytes) {
      if (decoder !== null) return decoder.decode(bytes, { stream: true });
      if (held.length + bytes.length < 2) {
        held = [...held, ...bytes];
        return '';
      }
      const start = Uint8Array.from([...held, ...bytes.subarray(0, 2)]);
      decoder = new TextDecoder(encodingOf(start));
      return decoder.decode(Uint8Array.from(held), { stream: true }) + decoder.decode(bytes, { stream: true });
    },
    end: () => (decoder ?? new TextDecoder()).decode(decoder === null ? Uint8Array.from(held) : undefined),
  };
}

/** What a text may begin with: a tab, an end of line, or any sign of ASCII. */
function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && (byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127));
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (second === 0 && isLetter(first)) return 'utf-16le';
  return first === 0 && isLetter(second) ? 'utf-16be' : 'utf-8';
}

/**
 * Reads a file as text in pieces, gunzipped where its first bytes say that it is compressed (its name may lie), until `take` says that
 * it wants no more. `progress` gets the bytes read of the file itself. Rejects where the file or its compression breaks off.
 */
export async function readFileText(
  file: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (text: string) => boolean,
  progress: (bytes: number) => void,
): Promise<void> {
  const reader = (await unzipped(file.pipeThrough(counted(progress)))).getReader();
  const text = textReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!take(text.feed(value))) return;
    }
    const rest = text.end();
    if (rest !== '') take(rest);
  } finally {
    // Also ends the decompression of what nobody wants.
    await reader.cancel().catch(() => undefined);
  }
}

async function unzipped(file: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const reader = file.getReader();
  const first = await reader.read();
  const whole = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(out) {
      if (first.done) out.close();
      else out.enqueue(first.value);
    },
    async pull(out) {
      const { done, value } = await reader.read();
      if (done) out.close();
      else out.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const isGzip = first.value?.[0] === 0x1f && first.value[1] === 0x8b;
  return isGzip ? whole.pipeThrough(new DecompressionStream('gzip')) : whole;
}

function counted(progress: (bytes: number) => void): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  return new TransformStream({
    transform(chunk, out) {
      progress(chunk.byteLength);
      out.enqueue(chunk);
    },
  });
}
