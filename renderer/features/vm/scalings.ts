import type { VmId } from '../../../src/protocol/app';
import { Store } from '../../state/store';

/** How screens are shown now, where the user changed it. */
export const scalings = new Store<ReadonlyMap<VmId, 'fit' | 'pixel'>>(new Map());
