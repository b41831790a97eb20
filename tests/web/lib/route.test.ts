import { describe, expect, it } from 'vitest';
import { jobPath, parseRoute, pathOf, withQuery, zoomOf } from '../../../web/lib/route.ts';

describe('routes', () => {
  it.each([
    ['/', { page: 'overview' }],
    ['/jobs', { page: 'jobs' }],
    ['/jobs/', { page: 'jobs' }],
    ['/jobs/alvis/4182931', { page: 'job', cluster: 'alvis', id: '4182931' }],
    ['/jobs/alvis/77%5B3%5D', { page: 'job', cluster: 'alvis', id: '77[3]' }],
    ['/nodes', { page: 'nodes' }],
    ['/nodes/alvis4-12', { page: 'node', node: 'alvis4-12' }],
    ['/diagnose', { page: 'diagnose' }],
    ['/jobs/alvis', { page: 'missing', path: '/jobs/alvis' }],
    ['/jobs/a/b/c', { page: 'missing', path: '/jobs/a/b/c' }],
    ['/nodes/%E0%A4%A', { page: 'node', node: '%E0%A4%A' }],
  ])('reads %s', (path, route) => {
    expect(parseRoute(path)).toEqual(route);
  });

  it('writes a path that it reads back, whatever stands in the names', () => {
    const route = { page: 'job', cluster: 'a b', id: '1/2?x=#' } as const;
    expect(pathOf(route)).toBe('/jobs/a%20b/1%2F2%3Fx%3D%23');
    expect(parseRoute(pathOf(route))).toEqual(route);
  });

  it('writes the path of a job that is named by cluster and id in one', () => {
    expect(jobPath('alvis/77[3]')).toBe('/jobs/alvis/77%5B3%5D');
  });
});

describe('what a URL’s query keeps', () => {
  it('sets and removes parameters and leaves the others alone', () => {
    expect(withQuery('?q=llama&state=running', { state: null, sort: '-gpus' })).toBe('?q=llama&sort=-gpus');
    expect(withQuery('?q=llama', { q: '' })).toBe('');
  });

  it.each([
    ['?from=10&to=20', { from: 10, to: 20 }],
    ['?from=20&to=20', null],
    ['?from=30&to=20', null],
    ['?from=10', null],
    ['?from=&to=20', null],
    ['?from=x&to=20', null],
    ['', null],
  ])('reads the zoom of %j', (search, zoom) => {
    expect(zoomOf(search)).toEqual(zoom);
  });
});
