import { constants, inflateRaw } from 'node:zlib';

/**
 * One cluster compressed with deflate (specification, "Compressed Clusters Descriptor"): a raw stream whose end is not
 * marked by its length, padded to sectors. undefined when it does not give exactly one cluster.
 */
export function inflateCluster(packed: Uint8Array, clusterBytes: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    inflateRaw(packed, { maxOutputLength: clusterBytes, finishFlush: constants.Z_SYNC_FLUSH }, (error, result) => {
      resolve(error === null && result.length === clusterBytes ? new Uint8Array(result) : undefined);
    });
  });
}
