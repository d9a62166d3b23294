import { describe, expect, it } from 'vitest';
import { OwnPositions } from '../../../src/endpoints/kafka/group/own-positions.js';

const one = { topic: 't', partition: 1 };
const three = { topic: 't', partition: 3 };
const partOf = ({ partition }: { readonly partition: number }): number => partition;
const at = (partition: typeof one, offset: number, metadata = '') => ({ ...partition, offset, metadata });

/** A copy that has partitions 1 and 3, of which it has read and committed some. */
function copy(): OwnPositions {
  const notes = new Map([
    [1, 'note 1'],
    [3, 'note 3'],
  ]);
  const positions = new OwnPositions(partOf, { noteOf: (part) => notes.get(part) ?? '' });
  positions.begin([at(one, 10), at(three, 30)], [at(one, 10, 'note 1'), at(three, 30, 'old')]);
  positions.advance([at(one, 11)]);
  expect(positions.toCommit([at(one, 11)])).toEqual([at(one, 11, 'note 1'), at(three, 30, 'note 3')]);
  return positions;
}

describe('the state of a part is what was committed last', () => {
  it('where the group stands as this copy has left it', () => {
    const committed = [at(one, 11, 'note 1'), at(three, 30, 'note 3')];
    expect(copy().untouched([one, three], committed)).toEqual(new Set([1, 3]));
    // It has not got one of them again.
    expect(copy().untouched([one, three], committed.slice(1))).toEqual(new Set([3]));
  });

  it('but not where others have gone on in the meantime, or closed windows there', () => {
    expect(copy().untouched([one, three], [at(one, 11, 'note 1'), at(three, 35, 'other')])).toEqual(new Set([1]));
    expect(copy().untouched([one, three], [at(one, 11, 'other'), at(three, 30, 'note 3')])).toEqual(new Set([3]));
  });

  it('nor where positions were deleted that this copy had', () => {
    expect(copy().untouched([one, three], [at(one, -1), at(three, -1)])).toEqual(new Set([3]));
  });
});
