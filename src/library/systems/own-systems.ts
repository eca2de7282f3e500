import type { MissingPart } from '../../config/system-verdict';

/** A system that osinfo-db, as Debian has it, does not know or takes for an older one. */
export interface OwnSystem {
  readonly id: string;
  readonly name: string;
  readonly icon: string;
  /** Of a disc: any of its volume's names. */
  readonly volume?: RegExp;
  /** Where the content says nothing: what people call the file. */
  readonly file?: RegExp;
  readonly memoryMiB: number;
  /** 0: it needs no disk. */
  readonly diskGiB: number;
  readonly arch?: string;
  readonly rtc?: 'local';
  readonly needs?: readonly MissingPart[];
  /** The version that was started and looked at here (tests/guest/RESULTS.md). */
  readonly tested?: string;
  /** A system whose media look the same. */
  readonly unless?: { readonly name: string; readonly missing: readonly MissingPart[] };
}

type Extra = Omit<OwnSystem, 'id' | 'name' | 'icon' | 'volume' | 'memoryMiB' | 'diskGiB'>;

function own(
  id: string,
  name: string,
  icon: string,
  volume: RegExp | undefined,
  [memoryMiB, diskGiB]: readonly [memoryMiB: number, diskGiB: number],
  extra: Extra = {},
): OwnSystem {
  return { id, name, icon, ...(volume === undefined ? {} : { volume }), memoryMiB, diskGiB, ...extra };
}

const V3: Extra = { needs: ['x86-64-v3'] };
const WINDOWS_11: Extra = { rtc: 'local', needs: ['uefi', 'tpm'] };
const OR_11: Extra = { rtc: 'local', unless: { name: 'Windows 11', missing: ['uefi', 'tpm'] } };

/** Looked at before osinfo-db's. The first match counts, so the closer pattern comes first. */
export const ownSystems: readonly OwnSystem[] = [
  // What comes with Subzero.
  own('subzero-starter', 'Subzero starter Linux', 'snow', /^SUBZERO_STARTER$/, [256, 0], {
    file: /^starter\.iso$/i,
    tested: '6.1',
  }),
  own('grub-rescue', 'GRUB rescue', 'tool', /grub.?rescue/i, [64, 0], {
    file: /grub.?rescue|^grub\b/i,
    tested: '2.06',
  }),
  own('memtest86plus', 'Memtest86+', 'tool', /^memtest|^mt86plus/i, [128, 0], {
    file: /memtest|^mt86p/i,
    tested: '6.10',
  }),
  own('ipxe', 'iPXE', 'tool', /^ipxe/i, [128, 0], { file: /^ipxe/i, tested: '1.0.0' }),
  own('syslinux', 'Syslinux', 'tool', /^(sys|iso)linux/i, [64, 0], {
    file: /syslinux|isolinux/i,
    tested: '6.04',
  }),

  // Debian and its family.
  own('debian13-live', 'Debian 13 live', 'debian', /^d-live 13/i, [2048, 20]),
  own('debian12-live', 'Debian 12 live', 'debian', /^d-live 12/i, [2048, 20]),
  own('debian13', 'Debian 13', 'debian', /^Debian 13\.\d+(\.\d+)? (amd64|multi)/i, [1024, 20], {
    file: /^debian-13(?!.*(arm|ppc|s390|riscv))/i,
  }),
  own('debian12', 'Debian 12', 'debian', /^Debian 12\.\d+(\.\d+)? (amd64|i386|multi)/i, [1024, 20], {
    file: /^debian-12(?!.*(arm|ppc|s390|mips))/i,
  }),
  own('debian-arm', 'Debian', 'debian', /^Debian 1[2-9]\.\S+ (arm|ppc|p64|s390|mips|riscv)/i, [1024, 20], {
    arch: 'aarch64',
  }),
  own('ubuntu25.10', 'Ubuntu 25.10', 'ubuntu', /^Ubuntu(-Server)? 25\.10/i, [2048, 25]),
  own('ubuntu25.04', 'Ubuntu 25.04', 'ubuntu', /^Ubuntu(-Server)? 25\.04/i, [2048, 25]),
  own('ubuntu24.04', 'Ubuntu 24.04 LTS', 'ubuntu', /^Ubuntu(-Server)? 24\.04(\.\d)? LTS amd64/i, [2048, 25]),
  own('ubuntu23.10', 'Ubuntu 23.10', 'ubuntu', /^Ubuntu(-Server)? 23\.10/i, [2048, 25]),
  own('ubuntu23.04', 'Ubuntu 23.04', 'ubuntu', /^Ubuntu(-Server)? 23\.04/i, [2048, 25]),
  own('kubuntu', 'Kubuntu', 'ubuntu', /^Kubuntu \d/i, [2048, 25]),
  own('xubuntu', 'Xubuntu', 'ubuntu', /^Xubuntu \d/i, [1024, 20]),
  own('lubuntu', 'Lubuntu', 'ubuntu', /^Lubuntu \d/i, [1024, 20]),
  own('linuxmint', 'Linux Mint', 'mint', /^Linux Mint|^LMDE/i, [2048, 20]),
  own('kali', 'Kali Linux', 'debian', /^Kali/i, [2048, 20]),
  own('popos', 'Pop!_OS', 'linux', /^Pop_OS/i, [2048, 20]),
  own('mxlinux', 'MX Linux', 'debian', /^MX-?\d|^MX-Live/i, [1024, 20]),
  own('proxmox-ve', 'Proxmox VE', 'debian', /^PVE$/, [2048, 32]),
  own('raspios-desktop', 'Raspberry Pi Desktop', 'debian', /^Debian Raspb/i, [1024, 16]),

  // Red Hat's family. Version 10 is built for x86-64-v3.
  own('rhel10', 'Red Hat Enterprise Linux 10', 'redhat', /^RHEL-10-/i, [2048, 20], V3),
  own('centos-stream10', 'CentOS Stream 10', 'redhat', /^CentOS-Stream-10-/i, [2048, 20], V3),
  own('centos-stream9', 'CentOS Stream 9', 'redhat', /^CentOS-Stream-9-/i, [2048, 20]),
  own('almalinux10-v2', 'AlmaLinux 10 (x86-64-v2)', 'redhat', /^AlmaLinux-10.*x86_64_v2/i, [2048, 20]),
  own('almalinux10', 'AlmaLinux 10', 'redhat', /^AlmaLinux-10/i, [2048, 20], V3),
  own('rocky10', 'Rocky Linux 10', 'redhat', /^Rocky-10/i, [2048, 20], V3),
  own('oraclelinux10', 'Oracle Linux 10', 'redhat', /^OL-10/i, [2048, 20], V3),
  own('fedora-coreos', 'Fedora CoreOS', 'fedora', /^fedora-coreos/i, [2048, 10]),
  ...[43, 42, 41, 40, 39, 38].map((version) =>
    own(
      `fedora${version}`,
      `Fedora Linux ${version}`,
      'fedora',
      new RegExp(`^Fedora-[A-Za-z_]+(-[A-Za-z_0-9]+)*-${version}([._-]|$)`),
      [2048, 20],
      { file: new RegExp(`^Fedora-.*x86_64-${version}`, 'i') },
    ),
  ),

  // SUSE.
  own('opensuse-leap16', 'openSUSE Leap 16', 'suse', /^(openSUSE-)?Leap-16/i, [2048, 40]),
  own('opensuse-leap15.6', 'openSUSE Leap 15.6', 'suse', /^openSUSE-Leap-15\.6/i, [2048, 40]),
  own('opensuse-leap15.5', 'openSUSE Leap 15.5', 'suse', /^openSUSE-Leap-15\.5/i, [2048, 40]),
  own('opensuse-tumbleweed', 'openSUSE Tumbleweed', 'suse', /^openSUSE-Tumbleweed/i, [2048, 40]),

  // Other Linux.
  ...['3.22', '3.21', '3.20', '3.19', '3.18', '3.17'].map((version) =>
    own(
      `alpinelinux${version}`,
      `Alpine Linux ${version}`,
      'alpine',
      new RegExp(`^alpine-\\S+ v?${version.replace('.', '\\.')}\\..*x86`),
      [512, 8],
      { file: new RegExp(`^alpine-.*-${version.replace('.', '\\.')}\\.`, 'i') },
    ),
  ),
  own('archlinux', 'Arch Linux', 'arch', /^ARCH_\d{6}/, [1024, 20], { file: /^archlinux/i }),
  own('cachyos', 'CachyOS', 'arch', /^COS_\d/i, [2048, 30], V3),
  own('endeavouros', 'EndeavourOS', 'arch', /^EOS_\d/i, [2048, 20]),
  own('nixos', 'NixOS', 'nixos', /^nixos-\d\d\.\d\d.*-x86_64/i, [2048, 20]),
  own('void', 'Void Linux', 'linux', /^VOID_LIVE$/, [512, 10]),
  own('slackware15', 'Slackware 15', 'linux', /^SlackDVD$|^Slackware-?15/i, [1024, 20]),
  own('solus', 'Solus', 'linux', /^Solus/i, [2048, 20]),
  own('puppy', 'Puppy Linux', 'linux', /^(Fossa|Bookworm|Bionic|Slacko)Pup|^puppy/i, [512, 4]),
  own('tinycore', 'Tiny Core Linux', 'linux', /^(Core|TinyCore|CorePlus|CorePure64)$/i, [128, 1], {
    file: /^(core|tinycore|coreplus|corepure64)-/i,
  }),
  own('gparted-live', 'GParted Live', 'tool', /^GParted-live/i, [512, 0]),
  own('clonezilla', 'Clonezilla', 'tool', /^(\d{4,}.*-)?Clonezilla|^clonezilla-live/i, [512, 0]),
  own('systemrescue', 'SystemRescue', 'tool', /^RESCUE\d+/i, [1024, 0]),
  own('android-x86', 'Android-x86', 'android', /^Android-x86/i, [2048, 16]),

  // BSD.
  ...['15.0', '14.3', '14.2', '14.1', '14.0', '13.5', '13.4', '13.3', '13.2'].map((version) =>
    own(
      `freebsd${version}`,
      `FreeBSD ${version}`,
      'bsd',
      new RegExp(`^${version.replace('.', '_')}_(RELEASE|RC\\d|STABLE)_(AMD64|I386)`, 'i'),
      [1024, 20],
      { file: new RegExp(`^FreeBSD-${version.replace('.', '\\.')}`, 'i') },
    ),
  ),
  own('openbsd7', 'OpenBSD 7', 'bsd', /^OpenBSD\/(amd64|i386)\s+7\./i, [512, 16]),
  own('netbsd10', 'NetBSD 10', 'bsd', /^NETBSD_10/i, [512, 10], { file: /^NetBSD-10/i }),
  own('ghostbsd', 'GhostBSD', 'bsd', /^GhostBSD/i, [2048, 20]),
  own('opnsense', 'OPNsense', 'bsd', /^OPNsense/i, [1024, 10]),
  own('pfsense', 'pfSense', 'bsd', /^pfSense/i, [1024, 10]),
  own('truenas', 'TrueNAS', 'bsd', /^TrueNAS/i, [2048, 20]),

  // Windows. Consumer discs of 10 and 11 carry the same names.
  own('win2k22', 'Microsoft Windows Server', 'windows', /^SSS_X64(CHK|FREE?|FREV)_/i, [2048, 40], { rtc: 'local' }),
  own('win11', 'Microsoft Windows 11', 'windows', /^(Win11|WIN_?11)/i, [3072, 64], {
    ...WINDOWS_11,
    file: /^(win11|windows_?11)/i,
  }),
  own('win10', 'Microsoft Windows 10', 'windows', /^(J_)?(CCSN?A|C?CCOMA|CPBA|CENA)_X64FRE[EV]?_/i, [2048, 40], OR_11),

  // Others.
  own('freedos1.4', 'FreeDOS 1.4', 'dos', /^FD14/i, [64, 2], { rtc: 'local', file: /^FD14/i }),
  own('freedos1.3', 'FreeDOS 1.3', 'dos', /^FD13/i, [64, 2], { rtc: 'local', file: /^FD13/i }),
  own('haiku', 'Haiku', 'haiku', /^haiku/i, [1024, 10], { file: /^haiku/i }),
  own('reactos', 'ReactOS', 'windows', /^ReactOS/i, [512, 5], { rtc: 'local' }),
  own('kolibrios', 'KolibriOS', 'other', /^KolibriOS/i, [128, 0], { file: /^kolibri/i }),
  own('templeos', 'TempleOS', 'other', /^TempleOS/i, [512, 2], { file: /^TempleOS/i }),
  own('plan9', 'Plan 9', 'other', /^Plan ?9|^9front/i, [512, 8], { file: /^9front|^plan9/i }),
  own('serenityos', 'SerenityOS', 'other', undefined, [1024, 0], { file: /^serenity/i }),
];

/** Looked at after osinfo-db's: the kind of system when nothing says which one. */
export const familySystems: readonly OwnSystem[] = [
  own('debian', 'Debian', 'debian', /^debian|^d-live/i, [1024, 20], { file: /debian/i }),
  own('ubuntu', 'Ubuntu', 'ubuntu', /ubuntu/i, [2048, 25], { file: /ubuntu/i }),
  own('fedora', 'Fedora Linux', 'fedora', /^fedora/i, [2048, 20], { file: /fedora/i }),
  own('enterprise-linux', 'Enterprise Linux', 'redhat', /centos|rocky|almalinux|^rhel|^OL-/i, [2048, 20], {
    file: /centos|rocky|almalinux|rhel/i,
  }),
  own('opensuse', 'openSUSE', 'suse', /suse/i, [2048, 40], { file: /suse/i }),
  own('alpinelinux', 'Alpine Linux', 'alpine', /^alpine/i, [512, 8], { file: /alpine/i }),
  own('freebsd', 'FreeBSD', 'bsd', /freebsd/i, [1024, 20], { file: /freebsd/i }),
  own('openbsd', 'OpenBSD', 'bsd', /openbsd/i, [512, 16], { file: /openbsd|^(cd|install)\d\d\.(iso|img)$/i }),
  own('netbsd', 'NetBSD', 'bsd', /netbsd/i, [512, 10], { file: /netbsd/i }),
  own('freedos', 'FreeDOS', 'dos', /freedos|^fd1\d/i, [64, 2], { rtc: 'local', file: /freedos/i }),
  own('msdos', 'MS-DOS', 'dos', undefined, [32, 1], { rtc: 'local', file: /^(ms-?)?dos[-_ ]?\d/i }),
  own('windows', 'Microsoft Windows', 'windows', /^win|windows|^(J_)?\w{3,5}A?_X(86|64)FREV?_/i, [2048, 40], {
    rtc: 'local',
    file: /^win(dows|\d|xp|nt|me)/i,
  }),
  own('linux', 'Linux', 'linux', /linux/i, [1024, 20], { file: /linux/i }),
];
