import type { ErrorTexts } from './error-text';
import type { ProblemTexts } from './problem-text';

/**
 * What went wrong, by code. The first text whose values the error brings is taken; one without values stands before the
 * error's own English words.
 */
export const germanErrors: ErrorTexts = {
  internal: ['Interner Fehler in Subzero'],
  cancelled: ['Abgebrochen'],
  timeout: ['Das hat zu lange gedauert'],
  'bad-argument': ['Diese Angabe ist nicht möglich'],
  'not-supported': ['Das kann Subzero noch nicht'],
  'file-not-found': [
    '{path} gibt es nicht. Prüfen Sie, ob die Datei verschoben oder der Datenträger entfernt wurde.',
    '{file} gibt es nicht. Prüfen Sie, ob die Datei verschoben oder der Datenträger entfernt wurde.',
    'Eine Datei fehlt',
  ],
  'file-exists': ['{path} gibt es schon. Wählen Sie einen anderen Namen.', 'Das gibt es schon'],
  'file-permission': [
    'Kein Zugriff auf {path}. Prüfen Sie die Rechte der Datei und ihres Ordners.',
    'Der Zugriff wurde verweigert',
  ],
  'disk-full': [
    'Auf dem Datenträger von {path} ist kein Platz mehr. Schaffen Sie Platz, und versuchen Sie es erneut.',
    'Auf dem Datenträger ist kein Platz mehr',
  ],
  'io-error': ['Lesen oder Schreiben ist misslungen'],
  'path-outside': [
    '{backing} liegt außerhalb des Ordners der virtuellen Maschine, und die Verwendung wurde nicht erlaubt.',
    'Die Datei liegt außerhalb des Ordners der virtuellen Maschine',
  ],
  'image-corrupt': ['Das Abbild ist beschädigt'],
  'image-unsupported': ['Dieses Abbild kann nicht verwendet werden'],
  'image-readonly': ['{path} ist schreibgeschützt.', 'Das Abbild ist schreibgeschützt'],
  'image-closed': ['{path} ist bereits geschlossen.', 'Das Abbild ist bereits geschlossen'],
  'image-chain': [
    'Dem Abbild {path} fehlt {backing}, worauf es aufbaut, oder diese Datei passt nicht dazu.',
    'Ein Abbild, auf dem dieses aufbaut, fehlt oder passt nicht',
  ],
  'config-invalid': ['Die Konfiguration ist ungültig'],
  'vm-not-found': [
    'Es gibt keine virtuelle Maschine namens „{name}“.',
    'In {path} liegt keine virtuelle Maschine.',
    'Diese virtuelle Maschine gibt es nicht',
  ],
  'vm-exists': [
    'Es gibt schon eine virtuelle Maschine namens „{name}“. Wählen Sie einen anderen Namen.',
    'Es gibt sie schon',
  ],
  'vm-broken': [
    'Die virtuelle Maschine „{name}“ ist beschädigt und kann so nicht verwendet werden.',
    'Die virtuelle Maschine ist beschädigt',
  ],
  'vm-in-use': [
    'Die virtuelle Maschine „{name}“ läuft schon.',
    '{path} wird von Prozess {pid} auf {host} verwendet. Trifft das nicht zu, entfernen Sie dort die Datei vm.lock.',
    '{path} wird von Prozess {pid} verwendet. Beenden Sie die virtuelle Maschine zuerst.',
    'Die virtuelle Maschine wird gerade verwendet',
  ],
  'vm-not-running': ['Die virtuelle Maschine „{name}“ läuft nicht.', 'Die virtuelle Maschine läuft nicht'],
  'name-invalid': ['Dieser Name ist nicht möglich'],
  'folder-not-found': [
    'Den Ordner „{path}“ gibt es in der Bibliothek nicht.',
    'Diesen Ordner gibt es in der Bibliothek nicht mehr',
  ],
  'folder-exists': ['Es gibt schon einen Ordner namens „{name}“.', 'Diesen Ordner gibt es schon'],
  'snapshot-not-found': ['Diesen Snapshot gibt es nicht'],
  'snapshot-corrupt': ['Ein Snapshot oder gespeicherter Zustand ist beschädigt'],
  'snapshot-in-use': ['Dieser Snapshot wird gerade verwendet'],
  'engine-unavailable': ['Die Engine steht auf diesem Computer nicht zur Verfügung'],
  'engine-failed': ['Die Engine ist ausgefallen'],
  'firmware-missing': ['Die Firmware fehlt'],
  'firmware-invalid': ['Die Firmware ist ungültig'],
  'kernel-invalid': ['Dieser Kernel kann nicht gestartet werden'],
  'out-of-memory': ['Der Arbeitsspeicher dieses Computers reicht nicht'],
  'memory-limit': [
    '„{name}“ braucht {neededMiB} MiB, und von den {limitMiB} MiB für alle virtuellen Maschinen sind {takenMiB} MiB vergeben. Beenden Sie eine andere, geben Sie dieser weniger Arbeitsspeicher, oder erhöhen Sie die Grenze in den Einstellungen.',
    'Die Grenze für den Arbeitsspeicher ist erreicht',
  ],
  'guest-gone': ['Der Prozess der virtuellen Maschine hat sich unerwartet beendet'],
  'vm-left-behind': [
    'Das Programm, in dem „{name}“ lief, wurde von außen beendet, oder der Strom fiel aus.',
    'Das Programm, in dem sie lief, wurde von außen beendet, oder der Strom fiel aus',
  ],
  'guest-busy': ['Die virtuelle Maschine ist noch mit etwas anderem beschäftigt'],
  'bad-state': ['Das ist im jetzigen Zustand nicht möglich'],
  'bad-message': ['Eine Nachricht zwischen zwei Prozessen war unverständlich'],
  'unknown-call': ['Ein anderer Prozess kennt diese Anfrage nicht'],
  'protocol-mismatch': ['Die Prozesse stammen von verschiedenen Versionen von Subzero'],
  'not-allowed': ['Das ist nicht erlaubt'],
  'consent-needed': [
    '„{name}“ möchte verwenden, was außerhalb des eigenen Ordners liegt: {reaches}. Starten Sie sie im Fenster, um gefragt zu werden, oder mit „start --agree“, wenn das richtig ist.',
    'Die virtuelle Maschine möchte verwenden, was außerhalb ihres Ordners liegt',
  ],
  'moved-or-copied': [
    '„{name}“ wurde vielleicht nach {path} verschoben oder kopiert. Starten Sie sie im Fenster, um gefragt zu werden, oder mit „start --moved“ oder, wenn Sie es nicht wissen, „start --copied“.',
    'Die virtuelle Maschine wurde vielleicht verschoben oder kopiert',
  ],
};

/** What is wrong with a configuration. Limits and choices stand in the English words behind it. */
export const germanProblems: ProblemTexts = {
  missing: '„{path}“ fehlt',
  'unknown-field': '„{path}“ kennt diese Version von Subzero nicht',
  'wrong-type': '„{path}“ hat die falsche Form: {message}',
  'out-of-range': '„{path}“ liegt außerhalb der Grenzen: {message}',
  'bad-value': '„{path}“ hat einen Wert, der nicht möglich ist: {message}',
  'bad-path': '„{path}“ nennt einen Ort, der nicht möglich ist: {message}',
  'too-long': '„{path}“ ist zu lang: {message}',
  'too-many': '„{path}“ hat zu viele Einträge: {message}',
  duplicate: '„{path}“ steht im Widerspruch zu einem anderen Eintrag: {message}',
  conflict: '„{path}“ passt nicht zum Rest: {message}',
  'not-supported': '„{path}“ verlangt etwas, das Subzero noch nicht kann: {message}',
  'newer-schema': 'Eine neuere Version von Subzero hat diese virtuelle Maschine gespeichert: {message}',
};
