import { exposeApp } from './rpc';

exposeApp();
