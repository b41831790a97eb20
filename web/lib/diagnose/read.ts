const GZIP_MAGIC = [0x1f, 0x8b];

/** A file's text in pieces, gunzipped where it is compressed, until `take` says that it wants no more. `progress` gets the bytes read of the file itself. */
export async function readText(file: Blob, take: (text: string) => boolean, progress: (bytes: number) => void): Promise<void> {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const zipped = GZIP_MAGIC.every((byte, index) => head[index] === byte);
  let stream: ReadableStream<Uint8Array<ArrayBuffer>> = file.stream().pipeThrough(counted(progress));
  if (zipped) stream = stream.pipeThrough(new DecompressionStream('gzip'));
  const reader = stream.getReader();
  // Bytes that are no UTF-8 become U+FFFD: a binary is refused by its format, not by its encoding.
  const decoder = new TextDecoder('utf-8');
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!take(decoder.decode(value, { stream: true }))) return;
    }
    const rest = decoder.decode();
    if (rest !== '') take(rest);
  } finally {
    // Also ends the decompression of what nobody wants.
    await reader.cancel().catch(() => undefined);
  }
}

function counted(progress: (bytes: number) => void): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  return new TransformStream({
    transform(chunk, controller) {
      progress(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
}
