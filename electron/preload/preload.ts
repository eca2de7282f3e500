import { contextBridge } from 'electron';

contextBridge.exposeInMainWorld('app', { versions: { electron: process.versions.electron } });
