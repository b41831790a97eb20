import { XMLParser } from 'fast-xml-parser';
import type { Collector, ParseContext, Session } from '../collector/index.ts';
import { output, type Output, rowClock, type RowClock } from '../text/index.ts';
import { type DeviceProcess, emitDevice, type Slice } from './device.ts';
import { gpuError, hasGpuError } from './errors.ts';
import { busIdIn, gpuScope, type GpuScope } from './scope.ts';
import { type GpuElement, xmlCutter } from './xml-cutter.ts';

/** `nvidia-smi -q -x`, one report or the many of --loop, DTD v10 to v13. */
export const nvidiaSmiXml: Collector = {
  id: 'nvidia-smi-xml',
  title: 'nvidia-smi -q -x (XML)',
  entities: ['gpu', 'process'],
  sniff: (head) => (/<!DOCTYPE nvidia_smi_log|<nvidia_smi_log\b/.test(head) ? 0.99 : 0),
  open: openXml,
};

interface Tools {
  readonly out: Output;
  readonly scope: GpuScope;
  readonly clock: RowClock;
}

function openXml(context: ParseContext): Session {
  const out = output('ordinal');
  const scope = gpuScope(context);
  const tools: Tools = { out, scope, clock: rowClock(out, context.tz ?? 'UTC') };
  const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false, isArray: (name) => name === 'process_info' || name === 'mig_device' });
  const cutter = xmlCutter({
    gpu(element) {
      const at = timeOf(element, tools);
      if (at === null) return;
      const gpu = parse(parser, element, out);
      if (gpu !== null) emitGpu(gpu, element, at, tools);
    },
    problem(line, reason, text) {
      out.reject(line, reason, text);
    },
  });
  let opening = '';
  return {
    feed(text) {
      if (opening.length < 4096) opening = (opening + text).slice(0, 4096);
      cutter.feed(text);
      return out.take();
    },
    end() {
      cutter.end();
      // In place of a report nvidia-smi may print what is wrong.
      if (hasGpuError(opening)) {
        for (const line of opening.split('\n')) {
          const error = gpuError(line, scope);
          if (error !== null) out.event(error);
        }
      }
      return out.last();
    },
  };
}

function timeOf({ head, line, report }: GpuElement, { clock, out }: Tools): number | null {
  if (head.timestamp === null) return report; // DTD v10 had none: reports are counted
  const at = clock.at(head.timestamp, 1);
  if (at === null) out.reject(line, clock.fault(), head.timestamp);
  return at;
}

function parse(parser: XMLParser, element: GpuElement, out: Output): XmlNode | null {
  try {
    const document: unknown = parser.parse(withoutClocks(element.xml));
    const gpu = isNode(document) ? document['gpu'] : undefined;
    if (isNode(gpu)) return gpu;
    out.reject(element.line, 'expected a <gpu> element', element.xml);
  } catch (error) {
    out.reject(element.line, `not well-formed XML: ${error instanceof Error ? error.message : String(error)}`, element.xml);
  }
  return null;
}

/** Hundreds of supported clocks are most of the text, and nothing to us. */
function withoutClocks(xml: string): string {
  const start = xml.indexOf('<supported_clocks>');
  const end = start < 0 ? -1 : xml.indexOf('</supported_clocks>', start);
  return end < 0 ? xml : xml.slice(0, start) + xml.slice(end + '</supported_clocks>'.length);
}

function emitGpu(gpu: XmlNode, element: GpuElement, at: number, tools: Tools): void {
  const busId = textAt(gpu, '@_id') ?? textAt(gpu, 'pci/pci_bus_id');
  emitDevice(
    {
      get: ({ xml }) => textAt(gpu, xml),
      busId: busId === undefined ? null : busIdIn(busId),
      position: element.position,
      at,
      driver: element.head.driver,
      cuda: element.head.cuda,
      processes: textAt(gpu, 'processes') === 'N/A' || gpu['processes'] === undefined ? null : childrenOf(gpu['processes'], 'process_info').map(processOf),
      slices: childrenOf(gpu['mig_devices'], 'mig_device').map(sliceOf),
    },
    tools,
    ({ xml }, text, reason) => {
      const name = xml.slice(xml.lastIndexOf('/') + 1);
      tools.out.reject(element.line + linesBefore(element.xml, `<${name}>${text}`), `${name}: ${reason}, got "${text}"`, `<${name}>${text}</${name}>`);
    },
  );
}

function processOf(node: XmlNode): DeviceProcess {
  return { pid: textAt(node, 'pid') ?? '', name: textAt(node, 'process_name'), memory: textAt(node, 'used_memory') };
}

function sliceOf(node: XmlNode): Slice {
  return {
    index: textAt(node, 'index') ?? '?',
    gpuInstance: textAt(node, 'gpu_instance_id') ?? '?',
    computeInstance: textAt(node, 'compute_instance_id') ?? '?',
    uuid: textAt(node, 'uuid'),
    total: textAt(node, 'fb_memory_usage/total'),
    used: textAt(node, 'fb_memory_usage/used'),
  };
}

function linesBefore(text: string, part: string): number {
  const end = text.indexOf(part);
  return end < 0 ? 0 : text.slice(0, end).split('\n').length - 1;
}

/** A parsed element: attributes as `@_name`, children by tag, text as `#text` or as the value itself. */
interface XmlNode {
  readonly [name: string]: unknown;
}

/** True for an element with children or attributes. */
function isNode(value: unknown): value is XmlNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text at a path of tags; undefined where there is no such element or it has children. */
function textAt(node: XmlNode, path: string): string | undefined {
  let value: unknown = node;
  for (const name of path.split('/')) {
    if (!isNode(value)) return undefined;
    value = Object.hasOwn(value, name) ? value[name] : undefined;
  }
  if (isNode(value)) value = value['#text'];
  return typeof value === 'string' ? value.trim() : undefined;
}

/** The elements of this name below a node, however many. */
function childrenOf(node: unknown, name: string): XmlNode[] {
  const value = isNode(node) && Object.hasOwn(node, name) ? node[name] : undefined;
  return (Array.isArray(value) ? value : [value]).filter(isNode);
}
