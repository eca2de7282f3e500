import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nProvider } from 'react-aria-components';
import { App } from './app';
import { applyLanguage, language } from './state/language';
import { startPreferences } from './state/preferences';
import { useStore } from './state/store';
import './styles';

/** Another language draws everything anew; what the user is at lives in the stores. */
function Localised() {
  const shown = useStore(language);
  return (
    <I18nProvider locale={shown}>
      <App key={shown} />
    </I18nProvider>
  );
}

const LATER_MS = 1500;

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
applyLanguage(new URLSearchParams(location.search).get('language'));
startPreferences();
// Well after the first picture: what opens later is there before it is asked for.
setTimeout(() => {
  void import('./features/vm/vm-tab');
  void import('./dialogs');
  void import('./features/console/serial-view');
}, LATER_MS);
createRoot(root).render(
  <StrictMode>
    <Localised />
  </StrictMode>,
);
