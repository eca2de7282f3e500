import type { KeyboardLayoutId } from '../../protocol/keyboard-layouts';

/**
 * What the keys of a board type, row by row in the order of ISO/IEC 9995: from the key left of 1, from Q, from A, from the
 * key between left Shift and Z. A combining character is a dead key; a space: the key types nothing here.
 */
export interface KeyboardLayout {
  readonly plain: readonly [string, string, string, string];
  readonly shift: readonly [string, string, string, string];
  /** With AltGr: what is typed, then what the same key types plainly (or with Shift, to hold that too). Pairs, with a space between. */
  readonly altGr: string;
}

export const keyboardLayouts: Readonly<Record<KeyboardLayoutId, KeyboardLayout>> = {
  us: {
    plain: ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'\\", ' zxcvbnm,./'],
    shift: ['~!@#$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:"|', ' ZXCVBNM<>?'],
    altGr: '',
  },
  gb: {
    plain: ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'#", '\\zxcvbnm,./'],
    shift: ['¬!"£$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:@~', '|ZXCVBNM<>?'],
    altGr: '¦` €4',
  },
  de: {
    plain: ['\u03021234567890ß\u0301', 'qwertzuiopü+', 'asdfghjklöä#', '<yxcvbnm,.-'],
    shift: ['°!"§$%&/()=?\u0300', 'QWERTZUIOPÜ*', "ASDFGHJKLÖÄ'", '>YXCVBNM;:_'],
    altGr: '²2 ³3 {7 [8 ]9 }0 \\ß @q €e ~+ |< µm',
  },
  'ch-de': {
    plain: ["§1234567890'\u0302", 'qwertzuiopü\u0308', 'asdfghjklöä$', '<yxcvbnm,.-'],
    shift: ['°+"*ç%&/()=?\u0300', 'QWERTZUIOPè!', 'ASDFGHJKLéà£', '>YXCVBNM;:_'],
    altGr: "¦1 @2 #3 ¬6 |7 ¢8 \u0301' \u0303\u0302 €e [ü ]\u0308 {ä }$ \\<",
  },
  'ch-fr': {
    plain: ["§1234567890'\u0302", 'qwertzuiopè\u0308', 'asdfghjkléà$', '<yxcvbnm,.-'],
    shift: ['°+"*ç%&/()=?\u0300', 'QWERTZUIOPü!', 'ASDFGHJKLöä£', '>YXCVBNM;:_'],
    altGr: "¦1 @2 #3 ¬6 |7 ¢8 \u0301' \u0303\u0302 €e [è ]\u0308 {à }$ \\<",
  },
  fr: {
    plain: ['²&é"\'(-è_çà)=', 'azertyuiop\u0302$', 'qsdfghjklmù*', '<wxcvbn,;:!'],
    shift: [' 1234567890°+', 'AZERTYUIOP\u0308£', 'QSDFGHJKLM%µ', '>WXCVBN?./§'],
    altGr: '~é #" {\' [( |- `è \\_ ^ç @à ]) }= €e',
  },
  be: {
    plain: ['²&é"\'(§è!çà)-', 'azertyuiop\u0302$', 'qsdfghjklmùµ', '<wxcvbn,;:='],
    shift: ['³1234567890°_', 'AZERTYUIOP\u0308*', 'QSDFGHJKLM%£', '>WXCVBN?./+'],
    altGr: '|& @é #" ^§ {ç }à €e [\u0302 ]$ `µ \\< ~=',
  },
  es: {
    plain: ["º1234567890'¡", 'qwertyuiop\u0300+', 'asdfghjklñ\u0301ç', '<zxcvbnm,.-'],
    shift: ['ª!"·$%&/()=?¿', 'QWERTYUIOP\u0302*', 'ASDFGHJKLÑ\u0308Ç', '>ZXCVBNM;:_'],
    altGr: '\\º |1 @2 #3 ~4 ¬6 €e [\u0300 ]+ {\u0301 }ç',
  },
  it: {
    plain: ["\\1234567890'ì", 'qwertyuiopè+', 'asdfghjklòàù', '<zxcvbnm,.-'],
    shift: ['|!"£$%&/()=?^', 'QWERTYUIOPé*', 'ASDFGHJKLç°§', '>ZXCVBNM;:_'],
    altGr: "€e [è ]+ @ò #à `' ~ì {7 }0",
  },
  pt: {
    plain: ["\\1234567890'«", 'qwertyuiop+\u0301', 'asdfghjklçº\u0303', '<zxcvbnm,.-'],
    shift: ['|!"#$%&/()=?»', 'QWERTYUIOP*\u0300', 'ASDFGHJKLÇª\u0302', '>ZXCVBNM;:_'],
    altGr: '@2 £3 §4 {7 [8 ]9 }0 €e \u0308+',
  },
  br: {
    plain: ["'1234567890-=", 'qwertyuiop\u0301[', 'asdfghjklç\u0303]', '\\zxcvbnm,.;/'],
    shift: ['"!@#$%\u0308&*()_+', 'QWERTYUIOP\u0300{', 'ASDFGHJKLÇ\u0302}', '|ZXCVBNM<>:?'],
    altGr: '²2 ³3 £4 ¢5 ¬6 §=',
  },
  dk: {
    plain: ['½1234567890+\u0301', 'qwertyuiopå\u0308', "asdfghjklæø'", '<zxcvbnm,.-'],
    shift: ['§!"#¤%&/()=?\u0300', 'QWERTYUIOPÅ\u0302', 'ASDFGHJKLÆØ*', '>ZXCVBNM;:_'],
    altGr: '@2 £3 $4 {7 [8 ]9 }0 |\u0301 €e \u0303\u0308 \\< µm',
  },
  no: {
    plain: ['|1234567890+\\', 'qwertyuiopå\u0308', "asdfghjkløæ'", '<zxcvbnm,.-'],
    shift: ['§!"#¤%&/()=?\u0300', 'QWERTYUIOPÅ\u0302', 'ASDFGHJKLØÆ*', '>ZXCVBNM;:_'],
    altGr: '@2 £3 $4 {7 [8 ]9 }0 \u0301\\ €e \u0303\u0308 µm',
  },
  se: {
    plain: ['§1234567890+\u0301', 'qwertyuiopå\u0308', "asdfghjklöä'", '<zxcvbnm,.-'],
    shift: ['½!"#¤%&/()=?\u0300', 'QWERTYUIOPÅ\u0302', 'ASDFGHJKLÖÄ*', '>ZXCVBNM;:_'],
    altGr: '@2 £3 $4 {7 [8 ]9 }0 \\+ €e \u0303\u0308 |< µm',
  },
  pl: {
    plain: ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'\\", '<zxcvbnm,./'],
    shift: ['~!@#$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:"|', '>ZXCVBNM<>?'],
    altGr: '€u ęe óo ąa śs łl żz źx ćc ńn ĘE ÓO ĄA ŚS ŁL ŻZ ŹX ĆC ŃN',
  },
  jp: {
    plain: [' 1234567890-^\\', 'qwertyuiop@[', 'asdfghjkl;:]', '<zxcvbnm,./\\'],
    shift: [' !"#$%&\'() =~|', 'QWERTYUIOP`{', 'ASDFGHJKL+*}', '>ZXCVBNM<>?_'],
    altGr: '',
  },
};
