import { expect, it } from 'vitest';
import { readList } from '../../../../renderer/state/remembered';

it('takes what was kept, and nothing that is no list of words', () => {
  expect(readList('["a","b"]')).toEqual(['a', 'b']);
  expect(readList('["a",1,null]')).toEqual(['a']);
  for (const kept of [null, '', '{', '{"a":1}', '"a"']) expect(readList(kept)).toEqual([]);
});
