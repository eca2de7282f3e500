import { exposeApp, tellDrops } from './rpc';

exposeApp();
tellDrops();
