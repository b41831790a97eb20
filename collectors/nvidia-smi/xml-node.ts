/** A parsed element: attributes as `@_name`, children by tag, text as `#text` or as the value itself. */
export interface XmlNode {
  readonly [name: string]: unknown;
}

/** True for an element with children or attributes. */
export function isNode(value: unknown): value is XmlNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text at a path of tags; undefined where there is no such element or it has children. */
export function textAt(node: XmlNode, path: string): string | undefined {
  let value: unknown = node;
  for (const name of path.split('/')) {
    if (!isNode(value)) return undefined;
    value = Object.hasOwn(value, name) ? value[name] : undefined;
  }
  if (isNode(value)) value = value['#text'];
  return typeof value === 'string' ? value.trim() : undefined;
}

/** The elements of this name below a node, however many. */
export function childrenOf(node: unknown, name: string): XmlNode[] {
  const value = isNode(node) && Object.hasOwn(node, name) ? node[name] : undefined;
  return (Array.isArray(value) ? value : [value]).filter(isNode);
}
