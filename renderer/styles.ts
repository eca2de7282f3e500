/** All of the window's looks, in one sheet and one order: it is small, and parts of it are used before their view is loaded. */
import './features/home/gallery.css';
import './features/home/home.css';
import './features/library/library.css';
import './components/check.css';
import './components/select.css';
import './features/preferences/preferences.css';
import './features/support/support.css';
import './features/settings/settings.css';
import './features/snapshots/snapshots.css';
import './features/console/console.css';
import '@xterm/xterm/css/xterm.css';
import './features/vm/vm.css';
import './features/wizard/wizard.css';
import './theme.css';
