package dev.interlock.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.interlock.workload.ImageReference.Digest;
import dev.interlock.workload.ImageReference.Parsed;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
    private static final String HEX = "0123456789abcdef".repeat(4);

    /// One line of `image-references.csv`.
    ///
    /// Every line was held against `ParseNormalizedNamed` and `ParseDockerRef` of distribution/reference v0.6.0.
    /// They agree in all columns from `expectation` to `digest`, but for the lines whose note begins with
    /// `stricter:`, which upstream accepts.
    ///
    /// @param number the line in the file, from 1
    /// @param expected the columns from `expectation` to `digest`
    record Line(int number, String input, List<String> expected, String note) {
        private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");

        /// In the input, a backslash, `u` and four digits stand for what would need quoting or could not be seen: white
        /// space, `,`, `"`, a backslash, and whatever is not printable ASCII.
        static Line of(int number, String text) {
            List<String> columns = List.of(text.split(",", -1));
            if (columns.size() != 7) {
                throw new IllegalStateException("line " + number + " has " + columns.size() + " columns");
            }
            String input = ESCAPE.matcher(columns.getFirst()).replaceAll(Line::unescaped);
            return new Line(number, input, columns.subList(1, 6), columns.getLast());
        }

        private static String unescaped(MatchResult escape) {
            return Matcher.quoteReplacement(Character.toString(Integer.parseInt(escape.group(1), 16)));
        }

        boolean valid() {
            return expected.getFirst().equals("valid");
        }

        ImageReference reference() {
            return ImageReferenceTest.reference(input);
        }

        @Override
        public String toString() {
            return "line " + number + " is " + expected.getFirst() + ": " + note;
        }
    }

    static List<Line> corpus() {
        try (InputStream stream = Objects.requireNonNull(
                ImageReferenceTest.class.getResourceAsStream("image-references.csv"), "image-references.csv")) {
            List<String> lines = new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return IntStream.range(1, lines.size())
                    .mapToObj(index -> Line.of(index + 1, lines.get(index)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Line> validLines() {
        return corpus().stream().filter(Line::valid);
    }

    static ImageReference reference(String text) {
        return switch (ImageReference.parse(text)) {
            case Parsed.Valid(ImageReference reference) -> reference;
            case Parsed.Invalid(String reason) -> throw new AssertionError("refused, since " + reason);
        };
    }

    private static String reason(String text) {
        return switch (ImageReference.parse(text)) {
            case Parsed.Valid(ImageReference reference) -> throw new AssertionError("read as " + reference);
            case Parsed.Invalid(String reason) -> reason;
        };
    }

    private static List<String> outcome(String text) {
        return switch (ImageReference.parse(text)) {
            case Parsed.Valid(ImageReference(var registry, var repository, var tag, var digest)) ->
                List.of(
                        "valid",
                        registry,
                        repository,
                        tag.orElse(""),
                        digest.map(Digest::toString).orElse(""));
            case Parsed.Invalid _ -> List.of("invalid", "", "", "", "");
        };
    }

    @Test
    void theCorpusIsLargeAndHoldsNoInputTwice() {
        assertThat(corpus()).hasSizeGreaterThanOrEqualTo(300);
        assertThat(corpus()).extracting(Line::input).doesNotHaveDuplicates();
        assertThat(validLines()).hasSizeGreaterThanOrEqualTo(150);
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void everyLineOfTheCorpusIsReadAsUpstreamReadsItOrRefusedOnPurpose(Line line) {
        assertThat(outcome(line.input())).isEqualTo(line.expected());
    }

    @ParameterizedTest
    @MethodSource("validLines")
    void theCanonicalFormIsReadBackToTheSameReference(Line line) {
        ImageReference reference = line.reference();

        assertThat(reference(reference.toString())).isEqualTo(reference).hasToString(reference.toString());
    }

    @ParameterizedTest
    @MethodSource("validLines")
    void whatIsParsedCanBeMadeFromItsParts(Line line) {
        ImageReference reference = line.reference();

        assertThat(new ImageReference(
                        reference.registry(), reference.repository(), reference.tag(), reference.digest()))
                .isEqualTo(reference);
    }

    @ParameterizedTest
    @MethodSource("validLines")
    void aReferenceIsPinnedExactlyIfADigestWasWritten(Line line) {
        assertThat(line.reference().pinned()).isEqualTo(line.input().contains("@"));
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void aReasonIsOneClauseThatFitsIntoALongerSentence(Line line) {
        if (ImageReference.parse(line.input()) instanceof Parsed.Invalid(String reason)) {
            assertThat(reason)
                    .matches("[a-z][^\\p{Cntrl}]*")
                    .doesNotEndWith(".")
                    .doesNotContain("; ")
                    .hasSizeLessThan(160);
            assertThat(reason.chars().filter(each -> each == '`').count() % 2).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void aSlipOfThePenIsReadToACanonicalReferenceOrRefusedAndNeverThrows(Line line) {
        String alphabet = "aZ0._-/:@[]` \n\u0430\ud83d";
        var random = new SplittableRandom(line.number());
        for (int round = 0; round < 50; round++) {
            var text = new StringBuilder(line.input());
            for (int slips = random.nextInt(3); slips >= 0; slips--) {
                int at = random.nextInt(text.length() + 1);
                if (random.nextBoolean() && at < text.length()) {
                    text.deleteCharAt(at);
                } else {
                    text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                }
            }
            if (ImageReference.parse(text.toString()) instanceof Parsed.Valid(ImageReference reference)) {
                assertThat(reference(reference.toString())).isEqualTo(reference);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        ""                          | image reference is empty
        "nginx "                    | character 6 is white space (U+0020)
        ghcr.io/a cme/web           | character 10 is white space (U+0020)
        ng\u0131x                   | character 3 is not ASCII (U+0131)
        https://ghcr.io/acme/web    | a scheme such as `https://` must be left out
        host:port/app               | registry port must be `:` and one or more digits
        host:/app                   | registry port must be `:` and one or more digits
        2001:db8::1/app             | registry has more than one `:` (an IPv6 address must be in brackets)
        [::1]5000/app               | registry port must be `:` and one or more digits
        [::1/app                    | registry address lacks its closing bracket
        [::g]/app                   | registry address in brackets must be hexadecimal digits and `:`
        :443/app                    | registry host is empty
        bad_host.example/app        | registry host must not hold `_`
        ghcr..io/app                | registry host has an empty label
        host-.example/app           | registry host label `host-` must begin and end with a letter or a digit
        ghcr.io/                    | repository name is empty
        @sha256                     | repository name is empty
        Nginx                       | repository name must be lower case
        acme/web+1                  | repository name must not hold `+`
        acme/we`b                   | repository name must not hold a backtick
        acme//web                   | repository name has an empty component
        acme/-web                   | repository component `-web` must begin and end with a letter or a digit
        acme/a..b                   | repository component `a..b` must be joined by `.`, `_`, `__` or dashes
        nginx:                      | tag is missing after `:`
        nginx:.1                    | tag must begin with a letter, a digit or `_`
        nginx:1+2                   | tag must not hold `+`
        nginx@                      | digest is missing after `@`
        nginx@latest                | digest algorithm must be `sha256`, `sha384` or `sha512`
        nginx@sha256:abc            | digest must be `sha256:` and 64 lower-case hexadecimal digits
        nginx@sha384:abc            | digest must be `sha384:` and 96 lower-case hexadecimal digits
        nginx@sha512:abc            | digest must be `sha512:` and 128 lower-case hexadecimal digits
        """)
    void aReasonSaysWhatIsWrongAndWhere(String text, String reason) {
        assertThat(reason(text)).isEqualTo(reason);
    }

    @Test
    void aReasonNamesAControlCharacterByItsNumber() {
        assertThat(reason("nginx\u0000")).isEqualTo("character 6 is a control character (U+0000)");
    }

    @Test
    void aReasonNamesACharacterOfTwoUnitsAsOne() {
        assertThat(reason("nginx\ud83d\udc33")).isEqualTo("character 6 is not ASCII (U+1F433)");
    }

    @Test
    void halfACharacterIsRefused() {
        assertThat(reason("nginx\ud83d")).isEqualTo("character 6 is not ASCII (U+D83D)");
    }

    @Test
    void aReasonCutsALongComponentShort() {
        assertThat(reason("a".repeat(200) + "-"))
                .isEqualTo(
                        "repository component `" + "a".repeat(64) + "…` must begin and end with a letter or a digit");
    }

    @Test
    void aReasonIsTheSameWhateverDigitsTheMachineWritesWith() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(reason("nginx ")).isEqualTo("character 6 is white space (U+0020)");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void hostWithPortAndNoTagIsARegistryNotATag() {
        ImageReference reference = reference("host:443/app");

        assertThat(reference.registry()).isEqualTo("host:443");
        assertThat(reference.repository()).isEqualTo("app");
        assertThat(reference.tag()).isEmpty();
    }

    @Test
    void hostWithPortAloneIsARepositoryWithATag() {
        assertThat(reference("host:443")).hasToString("docker.io/library/host:443");
    }

    @Test
    void noTagIsFilledInWhereNoneWasWritten() {
        assertThat(reference("nginx").tag()).isEmpty();
        assertThat(reference("nginx")).hasToString("docker.io/library/nginx");
    }

    @Test
    void tagAndDigestAreBothKept() {
        ImageReference reference = reference("nginx:1.27@sha256:" + HEX);

        assertThat(reference.tag()).contains("1.27");
        assertThat(reference.digest()).contains(new Digest("sha256", HEX));
        assertThat(reference).hasToString("docker.io/library/nginx:1.27@sha256:" + HEX);
    }

    @Test
    void aNameLeavesOutTagAndDigest() {
        assertThat(reference("ghcr.io/acme/web:1@sha256:" + HEX).name()).isEqualTo("ghcr.io/acme/web");
    }

    @Test
    void aNameOf255CharactersIsTheLongest() {
        assertThat(reference("ghcr.io/" + "a".repeat(247)).name()).hasSize(255);
        assertThat(reason("ghcr.io/" + "a".repeat(248)))
                .isEqualTo("registry and repository together are longer than 255 characters");
    }

    @Test
    void aNameIsMeasuredAsNormalised() {
        String longest = "a".repeat(255 - "docker.io/library/".length());

        assertThat(reference(longest).name()).hasSize(255);
        assertThat(reason(longest + "a")).isEqualTo("registry and repository together are longer than 255 characters");
    }

    @Test
    void aTagOf128CharactersIsTheLongest() {
        assertThat(reference("nginx:" + "a".repeat(128)).tag()).contains("a".repeat(128));
        assertThat(reason("nginx:" + "a".repeat(129))).isEqualTo("tag is longer than 128 characters");
    }

    @ParameterizedTest
    @CsvSource({"sha256, 64", "sha384, 96", "sha512, 128"})
    void aDigestHasExactlyTheDigitsThatItsAlgorithmMakes(String algorithm, int digits) {
        String prefix = "nginx@" + algorithm + ":";
        String reason = "digest must be `" + algorithm + ":` and " + digits + " lower-case hexadecimal digits";

        assertThat(reference(prefix + "a".repeat(digits)).digest()).contains(new Digest(algorithm, "a".repeat(digits)));
        assertThat(reason(prefix + "a".repeat(digits - 1))).isEqualTo(reason);
        assertThat(reason(prefix + "a".repeat(digits + 1))).isEqualTo(reason);
        assertThat(reason(prefix + "A".repeat(digits))).isEqualTo(reason);
    }

    @Test
    void aDigestWithNoNameBeforeItIsAnImageIdentifier() {
        String reason = "a digest with no name before it is an image identifier, not a reference";

        assertThat(reason(HEX)).isEqualTo(reason);
        assertThat(reason("sha256:" + HEX)).isEqualTo(reason);
        assertThat(reference("library/sha256:" + HEX).tag()).contains(HEX);
    }

    @Test
    void aTextOfMoreThan1024CharactersIsRefusedUnread() {
        assertThat(reason("A".repeat(1_024))).isEqualTo("repository name must be lower case");
        assertThat(reason("A".repeat(1_025))).isEqualTo("text is longer than 1,024 characters");
        assertThat(reason("\0".repeat(5_000_000))).isEqualTo("text is longer than 1,024 characters");
    }

    @ParameterizedTest
    @CsvSource({
        "index.docker.io, library/nginx, registry `index.docker.io` must be written `docker.io`",
        "docker.io, nginx, repository of `docker.io` must have two components or more",
        "docker.io, '', repository name is empty",
        "ghcr, acme/web, 'registry must be `localhost` or a host with `.`, `:` or an upper-case letter'",
        "'', acme/web, 'registry must be `localhost` or a host with `.`, `:` or an upper-case letter'",
        "ghcr.io/acme, web, registry host must not hold `/`",
        "ghcr.io, acme/Web, repository name must be lower case",
        "ghcr.io, acme/web:1, repository name must not hold `:`",
        "ghcr.io, wéb, repository name must not hold `é`",
    })
    void aReferenceCannotBeMadeFromPartsThatAreNotCanonical(String registry, String repository, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ImageReference(registry, repository, Optional.empty(), Optional.empty()))
                .withMessage("not an image reference: " + reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "a/b", "a@b", "a b", "é"})
    void aReferenceCannotBeMadeWithABadTag(String tag) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ImageReference("ghcr.io", "acme/web", Optional.of(tag), Optional.empty()))
                .withMessageStartingWith("not an image reference: tag ");
    }

    @ParameterizedTest
    @CsvSource({"sha256, abc", "sha256, ''", "SHA256, abc", "md5, d41d8cd98f00b204e9800998ecf8427e", "'', ''"})
    void aDigestCannotBeMadeFromWhatItsAlgorithmDoesNotMake(String algorithm, String hex) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Digest(algorithm, hex))
                .withMessageStartingWith("digest ");
    }
}
