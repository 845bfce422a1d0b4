package dev.interlock.decision.cel.library;

import com.google.errorprone.annotations.Immutable;
import dev.cel.common.types.OpaqueType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;

/// An amount such as `1.5Gi` or `200m`, as `resource.Quantity` of Kubernetes reads it and reckons with it.
///
/// Functions show how Kubernetes holds an amount: only one that it holds in 64 bits, with a power of ten, is
/// ever an integer. So this holds it in the same way. The suffix is not kept, since no function shows it.
@Immutable
final class Quantity extends Opaque {
    static final OpaqueType TYPE = OpaqueType.create("kubernetes.Quantity");

    /// The digits that always fit into 64 bits.
    private static final int MAX_DIGITS = 18;

    /// To read a number takes a time that is quadratic in its digits.
    private static final int MOST_DIGITS = 1_000;

    private static final int NANO = 9;

    /// The zeros that a number may be filled up with. The API server would go on for minutes, or run out of
    /// memory.
    private static final int MAX_SHIFT = 100_000;

    private static final BigDecimal ONE_NANO = BigDecimal.valueOf(1, NANO);
    private static final BigInteger LOWEST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigDecimal MAX_BINARY = BigDecimal.valueOf(Long.MAX_VALUE);

    private static final Map<String, Integer> DECIMAL =
            Map.of("", 0, "n", -9, "u", -6, "m", -3, "k", 3, "M", 6, "G", 9, "T", 12, "P", 15, "E", 18);
    private static final Map<String, Integer> BINARY =
            Map.of("Ki", 10, "Mi", 20, "Gi", 30, "Ti", 40, "Pi", 50, "Ei", 60);

    private final BigDecimal amount;

    /// Whether Kubernetes holds it in 64 bits: the unscaled value of the amount does fit, but that is not
    /// enough.
    private final boolean small;

    private Quantity(BigDecimal amount, boolean small) {
        this.amount = amount;
        this.small = small;
    }

    static Quantity of(long number) {
        return small(number, 0);
    }

    private static Quantity small(long value, int exponent) {
        return new Quantity(BigDecimal.valueOf(value, -exponent), true);
    }

    static Quantity parse(String text) throws Failure {
        Parts parts = Parts.of(text);
        Integer binary = BINARY.get(parts.suffix());
        int exponent = binary != null ? binary : decimalExponent(parts.suffix());
        String digits = parts.whole() + parts.fraction();
        if (digits.length() > MOST_DIGITS) {
            throw new Failure("the quantity has too many digits");
        }
        boolean fits;
        if (binary == null) {
            fits = digits.length() <= MAX_DIGITS && exponent - parts.fraction().length() >= -NANO;
        } else {
            fits = parts.fraction().isEmpty() && digits.length() <= 14 - exponent * 3 / 10;
        }
        if (fits) {
            long value = Long.parseLong(digits) * (parts.negative() ? -1 : 1);
            return binary == null ? small(value, exponent - parts.fraction().length()) : small(value << exponent, 0);
        }
        if (!parts.numbered()) {
            throw new Failure("unable to parse numeric part of quantity");
        }
        BigDecimal number =
                new BigDecimal(new BigInteger(digits), parts.fraction().length());
        BigDecimal scaled = binary == null
                ? new BigDecimal(number.unscaledValue(), number.scale() - exponent)
                : number.multiply(new BigDecimal(BigInteger.TWO.pow(exponent)));
        BigDecimal rounded = roundedUp(scaled);
        BigDecimal capped = binary == null ? rounded : rounded.min(MAX_BINARY);
        return new Quantity(parts.negative() ? capped.negate() : capped, false);
    }

    private static int decimalExponent(String suffix) throws Failure {
        Integer exponent = DECIMAL.get(suffix);
        if (exponent != null) {
            return exponent;
        }
        if (suffix.length() > 1 && (suffix.charAt(0) == 'e' || suffix.charAt(0) == 'E')) {
            try {
                // As the API server does, with a number of 64 bits of which 32 are kept.
                return (int) Long.parseLong(suffix.substring(1));
            } catch (NumberFormatException e) {
                // Said below.
            }
        }
        throw new Failure("unable to parse quantity's suffix");
    }

    /// Rounds away from zero to a billionth.
    private static BigDecimal roundedUp(BigDecimal number) throws Failure {
        if (number.signum() == 0) {
            return number;
        }
        if ((long) number.precision() - number.scale() < -NANO) {
            return ONE_NANO;
        }
        refuseWide(NANO, number.scale());
        return number.setScale(NANO, RoundingMode.UP);
    }

    private static void refuseWide(int scale, int other) throws Failure {
        if ((long) scale - other > MAX_SHIFT) {
            throw new Failure("the quantity has too many digits");
        }
    }

    Quantity plus(Quantity other) throws Failure {
        return sum(other, other.amount);
    }

    Quantity minus(Quantity other) throws Failure {
        if (small && other.small && other.amount.unscaledValue().equals(LOWEST)) {
            // In 64 bits the lowest number is its own opposite; the API server does not look out for that.
            Quantity wrong = sum(other, other.amount);
            return wrong.small ? wrong : new Quantity(sum(other, other.amount.negate()).amount, false);
        }
        return sum(other, other.amount.negate());
    }

    private Quantity sum(Quantity other, BigDecimal added) throws Failure {
        if (small && other.small) {
            if (added.signum() == 0) {
                return this;
            }
            if (amount.signum() == 0) {
                return new Quantity(added, true);
            }
        }
        refuseWide(Math.max(amount.scale(), added.scale()), Math.min(amount.scale(), added.scale()));
        BigDecimal sum = amount.add(added);
        return new Quantity(sum, small && other.small && fits(sum) && fitsAt(amount, sum) && fitsAt(added, sum));
    }

    private static boolean fitsAt(BigDecimal number, BigDecimal sum) {
        return number.scale() == sum.scale() || fits(number.setScale(sum.scale(), RoundingMode.UNNECESSARY));
    }

    private static boolean fits(BigDecimal number) {
        return number.unscaledValue().bitLength() < Long.SIZE;
    }

    int compareTo(Quantity other) {
        return amount.compareTo(other.amount);
    }

    int sign() {
        return amount.signum();
    }

    boolean isInteger() {
        if (!small || amount.scale() > 0) {
            return false;
        }
        // Without the sum of zeros that a large power of ten would be.
        return amount.signum() == 0
                || (amount.scale() >= -MAX_DIGITS && fits(amount.setScale(0, RoundingMode.UNNECESSARY)));
    }

    long asInteger() throws Failure {
        if (!isInteger()) {
            throw new Failure("cannot convert value to integer");
        }
        return amount.signum() == 0 ? 0 : amount.longValueExact();
    }

    /// The unscaled value times the power of ten, each rounded to a float64, as the API server reckons it.
    double asApproximateFloat() {
        double base = amount.unscaledValue().doubleValue();
        return amount.scale() == 0 ? base : base * powerOfTen(-amount.scale());
    }

    private static double powerOfTen(int exponent) {
        if (exponent < -323) {
            return 0;
        }
        if (exponent > 308) {
            return Double.POSITIVE_INFINITY;
        }
        int steps = Math.abs(exponent) / 32;
        double small = Double.parseDouble("1e" + Math.abs(exponent) % 32);
        return exponent < 0
                ? Double.parseDouble("1e-" + steps * 32) / small
                : Double.parseDouble("1e" + steps * 32) * small;
    }

    @Override
    public OpaqueType celType() {
        return TYPE;
    }

    @Override
    public String toString() {
        return amount.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Quantity quantity && compareTo(quantity) == 0;
    }

    @Override
    public int hashCode() {
        return amount.stripTrailingZeros().hashCode();
    }

    /// What a quantity is written of.
    ///
    /// @param whole the digits before the dot, without zeros in front; `0` if there are none
    /// @param fraction the digits behind the dot
    /// @param numbered whether there is a digit at all
    private record Parts(boolean negative, String whole, String fraction, String suffix, boolean numbered) {
        private static final String DIGITS = "0123456789";

        static Parts of(String text) throws Failure {
            if (text.isEmpty()) {
                throw malformed();
            }
            int start = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
            int at = skip(text, start, "0");
            int dot = skip(text, at, DIGITS);
            String whole = dot == at ? "0" : text.substring(at, dot);
            int end = dot;
            String fraction = "";
            if (text.startsWith(".", dot)) {
                end = skip(text, dot + 1, DIGITS);
                fraction = text.substring(dot + 1, end);
            }
            int power = skip(text, end, "eEinumkKMGTP");
            if (power < text.length() && (text.charAt(power) == '-' || text.charAt(power) == '+')) {
                power++;
            }
            if (skip(text, power, DIGITS) != text.length()) {
                throw malformed();
            }
            boolean numbered = dot > start || !fraction.isEmpty();
            return new Parts(text.charAt(0) == '-', whole, fraction, text.substring(end), numbered);
        }

        private static int skip(String text, int from, String characters) {
            int at = from;
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            return at;
        }

        private static Failure malformed() {
            return new Failure(
                    "quantities must match the regular expression" + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        }
    }
}
