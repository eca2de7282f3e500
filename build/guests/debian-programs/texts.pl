# Perl's regular expressions, hashes, sorting, packing and big numbers, with an output that depends on neither time nor place.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Math::BigInt;
use List::Util qw(reduce);

my $seed = 12345;
sub chance { $seed = ( $seed * 1103515245 + 12345 ) % 2147483648; return $seed >> 8 }

my %count;
my $text = join ' ', map { my $n = chance() % 5000; $count{ $n % 97 }++; sprintf '%s%04d', chr( 97 + $n % 26 ), $n } 1 .. 5000;
print "text: ", sha256_hex($text), "\n";
print "counts: ", join( ',', map {"$_=$count{$_}"} ( sort { $count{$b} <=> $count{$a} || $a <=> $b } keys %count )[ 0 .. 4 ] ), "\n";
( my $swapped = $text ) =~ s/([a-m])(\d)(\d+)/$3$1$2/g;
print "swapped: ", sha256_hex($swapped), "\n";
my $nested = qr/\((?:[^()]++|(?R))*\)/;
print "nested: ", join( ' ', '(a(b)c) x ((()d' =~ /$nested/g ), "\n";
print "words: ", scalar( () = $text =~ /\b[aeiou]\d*?7+\d*\b/g ), "\n";
print "sorted: ", sha256_hex( join ',', sort { substr( $a, 1 ) <=> substr( $b, 1 ) || $a cmp $b } split / /, $text ), "\n";
print "packed: ", unpack( 'H*', pack 'w/a N v q< d> f<', 'text', 1, 2, -3, 1 / 3, 0.1 ), "\n";
print "factorial: ", sha256_hex( Math::BigInt->new(150)->bfac ), "\n";
print "numbers: ", join( ' ', 0.1 + 0.2, 1e15 / 7, 2**53 + 1, -7 % 3, int( -3.7 ), 10**20, 1 / 3 * 3 ), "\n";
printf "formats: %.15g %e %x %b %s %5.2f|%-6s|\n", 2 / 3, 12345.678, 3735928559, 37, 1e100, 3.14159, 'ab';
print "folded: ", ( reduce { ( $a * 31 + $b ) % 1000003 } map { ord } split //, $text ), "\n";
