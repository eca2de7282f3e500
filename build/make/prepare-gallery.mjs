// Runs under the lock of `npm run gallery`.
import { prepareGallery } from './gallery.mjs';

await prepareGallery();
