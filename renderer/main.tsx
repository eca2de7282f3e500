import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nProvider } from 'react-aria-components';
import { App } from './app';
import { applyLanguage, language } from './state/language';
import { startPreferences } from './state/preferences';
import { useStore } from './state/store';
import './theme.css';

/** Another language draws everything anew; what the user is at lives in the stores. */
function Localised() {
  const shown = useStore(language);
  return (
    <I18nProvider locale={shown}>
      <App key={shown} />
    </I18nProvider>
  );
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
applyLanguage(new URLSearchParams(location.search).get('language'));
startPreferences();
createRoot(root).render(
  <StrictMode>
    <Localised />
  </StrictMode>,
);
