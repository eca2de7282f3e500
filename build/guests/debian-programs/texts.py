# What Python's interpreter and its libraries in C do, with an output that depends on neither time nor place.
import bz2, collections, decimal, fractions, hashlib, itertools, json, lzma, random, re, sqlite3, statistics, struct
import subprocess, sys, threading, zlib


def show(name, value):
    print(f"{name}: {value if len(str(value)) < 70 else hashlib.sha256(str(value).encode()).hexdigest()}")


def pi(digits):
    """Gibbons' spigot."""
    q, r, t, k, n, l = 1, 0, 1, 1, 3, 3
    out = []
    while len(out) < digits:
        if 4 * q + r - t < n * t:
            out.append(str(n))
            q, r, n = 10 * q, 10 * (r - n * t), 10 * (3 * q + r) // t - 10 * n
        else:
            q, r, t, k, n, l = q * k, (2 * q + r) * l, t * l, k + 1, (q * (7 * k + 2) + r * l) // (t * l), l + 2
    return "".join(out)


show("pi", pi(400))
show("power", pow(3, 5000) % (10**300 + 7))
show("fractions", sum(fractions.Fraction(1, n) for n in range(1, 200)))
decimal.getcontext().prec = 200
show("decimal", decimal.Decimal(2).sqrt() * decimal.Decimal("1e-5").exp())
show("floats", [repr(x) for x in (0.1 + 0.2, 1e22 / 3, 5e-324 * 3, float("1e400"), -7.5 % 2, round(2.675, 2))])
random.seed(2024)
numbers = [random.gauss(0, 1) if n % 2 else random.random() for n in range(3000)]
show("random", [round(x, 9) for x in numbers[:200]])
show("statistics", f"{statistics.fmean(numbers):.12f} {statistics.pstdev(numbers):.12f}")
text = " ".join(f"{n:x}{'-' * (n % 5)}{n * n}" for n in range(4000))
for module in (zlib, bz2, lzma):
    packed = module.compress(text.encode())
    assert module.decompress(packed).decode() == text
    show(module.__name__, f"{len(packed)} {zlib.crc32(packed):08x}")
for name in ("md5", "sha1", "sha512", "sha3_256", "blake2b"):
    show(name, hashlib.new(name, text.encode()).hexdigest())
show("re", collections.Counter(re.findall(r"([0-9a-f])-+(\d)", text)).most_common(5))
show("json", json.dumps({str(n): [n / 7, n % 2 == 0, None, "ü€\U0001f600"] for n in range(100)}, sort_keys=True))
show("struct", struct.pack("<ehifqd", 1.5, -2, 3, 0.1, -(2**40), 1 / 3).hex())
base = sqlite3.connect(":memory:")
base.execute("create table t(a integer, b text)")
base.executemany("insert into t values(?, ?)", ((n * 7919 % 1009, f"row {n}") for n in range(2000)))
show("sqlite", base.execute("select a % 10, count(*), sum(a), max(b) from t group by 1 order by 1").fetchall())
found = []
lock = threading.Lock()


def work(start):
    with lock:
        found.append(sum(itertools.takewhile(lambda n: n < start * 1000, itertools.count(start))))


threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
show("threads", sorted(found))
show("child", subprocess.run([sys.executable, "-c", "print(sum(range(1000)))"], capture_output=True, text=True).stdout.strip())
