package dev.interlock.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.interlock.workload.ImageReferenceTest.Line;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RegistryPrefixTest {
    private static final Pattern PATTERN = Pattern.compile(RegistryPrefix.PATTERN);

    static List<Line> corpus() {
        return ImageReferenceTest.corpus();
    }

    static Stream<Line> validLines() {
        return ImageReferenceTest.validLines();
    }

    private static boolean accepted(String text) {
        try {
            return !RegistryPrefix.of(text).value().isEmpty();
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageStartingWith("not a registry prefix: ");
            return false;
        }
    }

    /// Whether the API server would let the text through.
    private static boolean admitted(String text) {
        return text.length() <= RegistryPrefix.MAX_LENGTH
                && PATTERN.matcher(text).matches();
    }

    @ParameterizedTest
    @CsvSource({
        "registry.example.com, registry.example.com",
        "registry.example.com/, registry.example.com",
        "ghcr.io/acme, ghcr.io/acme",
        "ghcr.io/acme/, ghcr.io/acme",
        "ghcr.io/acme/team/, ghcr.io/acme/team",
        "localhost, localhost",
        "localhost/, localhost",
        "localhost:5000/, localhost:5000",
        "host:443, host:443",
        "docker.io, docker.io",
        "docker.io/library/, docker.io/library",
        "docker.io/nginx, docker.io/nginx",
        "index.docker.io, docker.io",
        "index.docker.io/, docker.io",
        "index.docker.io/library/, docker.io/library",
        "index.docker.io:443/, index.docker.io:443",
        "Docker.io, Docker.io",
        "Acme/web, Acme/web",
        "acmE, acmE",
        "127.0.0.1:5000, 127.0.0.1:5000",
        "[2001:db8::1]:5000/, [2001:db8::1]:5000",
        "[::1], [::1]",
        "[abcd]:1, [abcd]:1",
        "[ABCD], [ABCD]",
    })
    void anEntryIsNormalisedAsTheReferencesAre(String text, String value) {
        assertThat(RegistryPrefix.of(text).value()).isEqualTo(value);
        assertThat(RegistryPrefix.of(text)).hasToString(value).isEqualTo(new RegistryPrefix(value));
        assertThat(admitted(text)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        ""                      | it is empty
        /                       | registry must be `localhost` or a host with `.`, `:` or an upper-case letter
        acme                    | registry must be `localhost` or a host with `.`, `:` or an upper-case letter
        acme/                   | registry must be `localhost` or a host with `.`, `:` or an upper-case letter
        library/nginx           | registry must be `localhost` or a host with `.`, `:` or an upper-case letter
        /ghcr.io                | registry must be `localhost` or a host with `.`, `:` or an upper-case letter
        [abcd]                  | registry must be `localhost` or a host with `.`, `:` or an upper-case letter
        ghcr.io//               | repository name is empty
        ghcr.io/acme//          | repository name has an empty component
        ghcr.io//acme           | repository name has an empty component
        ghcr.io/Acme            | repository name must be lower case
        ghcr.io/*               | repository name must not hold `*`
        ghcr.io/acme:v1         | repository name must not hold `:`
        ghcr.io/acme@sha256     | repository name must not hold `@`
        ghcr.io/acme-           | repository component `acme-` must begin and end with a letter or a digit
        ghcr.io/a..b            | repository component `a..b` must be joined by `.`, `_`, `__` or dashes
        *.example.com           | registry host must not hold `*`
        bad_host.example        | registry host must not hold `_`
        .example.com            | registry host has an empty label
        example.com.            | registry host has an empty label
        host-.example           | registry host label `host-` must begin and end with a letter or a digit
        host:                   | registry port must be `:` and one or more digits
        host:port               | registry port must be `:` and one or more digits
        ::1                     | registry has more than one `:` (an IPv6 address must be in brackets)
        [::1                    | registry address lacks its closing bracket
        https://ghcr.io         | a scheme such as `https://` must be left out
        "ghcr.io "              | character 8 is white space (U+0020)
        ghcr.i\u043e            | character 7 is not ASCII (U+043E)
        """)
    void whatIsNoRegistryWithOptionalComponentsIsRefusedWithItsReason(String text, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegistryPrefix.of(text))
                .withMessage("not a registry prefix: " + reason);
        assertThat(admitted(text)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // prefix, image, covered
        "prod.example, prod.example/app, true",
        "prod.example, prod.example/team/app:1, true",
        "prod.example/, prod.example/app, true",
        "prod.example, evil-prod.example.attacker/app, false",
        "prod.example, prod.example.attacker/app, false",
        "prod.example, evil.prod.example/app, false",
        "prod.example, prod.example:444/app, false",
        "prod.example, attacker.example/prod.example/app, false",
        "prod.example, attacker/prod.example/app, false",
        "prod.example, prod.example, false",
        "prod.example, Prod.example/app, false",
        "prod.example, PROD.EXAMPLE/app, false",
        "Prod.example, prod.example/app, false",
        "prod.example:443, prod.example:443/app, true",
        "prod.example:443, prod.example/app, false",
        "prod.example:44, prod.example:443/app, false",
        "prod.example:443, prod.example:443, false",
        "ghcr.io/acme, ghcr.io/acme/app, true",
        "ghcr.io/acme, ghcr.io/acme/team/app, true",
        "ghcr.io/acme, ghcr.io/acme, true",
        "ghcr.io/acme/, ghcr.io/acme, true",
        "ghcr.io/acme, ghcr.io/acme:1, true",
        "ghcr.io/acme, ghcr.io/acmeevil/app, false",
        "ghcr.io/acme, ghcr.io/acme-evil/app, false",
        "ghcr.io/acme, ghcr.io/acme.evil/app, false",
        "ghcr.io/acme, ghcr.io/acm, false",
        "ghcr.io/acme, ghcr.io/evil/acme, false",
        "ghcr.io/acme/team, ghcr.io/acme/app, false",
        "ghcr.io/acme, acme/app, false",
        "docker.io, nginx, true",
        "docker.io, acme/web, true",
        "docker.io/library, nginx, true",
        "docker.io/library/, nginx:1.27, true",
        "docker.io/library, library/nginx, true",
        "docker.io/library, acme/web, false",
        "docker.io/library/nginx, nginx, true",
        "docker.io/library/nginx, nginx-evil, false",
        "docker.io/nginx, nginx, false",
        "docker.io/nginx, nginx/nginx-ingress, true",
        "docker.io, index.docker.io/acme/web, true",
        "index.docker.io, acme/web, true",
        "index.docker.io/library/, docker.io/nginx, true",
        "docker.io, docker.io:443/library/nginx, false",
        "docker.io, Docker.io/library/nginx, false",
        "docker.io, docker.io.attacker.example/library/nginx, false",
        "docker.io, ghcr.io/docker.io/nginx, false",
        "localhost, localhost/app, true",
        "localhost, localhost:5000/app, false",
        "localhost:5000, localhost:5000/app, true",
        "localhost:5000, localhost:5000, false",
        "[2001:db8::1]:5000, [2001:db8::1]:5000/app, true",
        "[2001:db8::1], [2001:db8::1]:5000/app, false",
        "[2001:db8::1], [2001:db8::11]/app, false",
        "[::1], [0:0:0:0:0:0:0:1]/app, false",
    })
    void aPrefixCoversWholeComponentsOnly(String prefix, String image, boolean covered) {
        assertThat(RegistryPrefix.of(prefix).covers(ImageReferenceTest.reference(image)))
                .isEqualTo(covered);
    }

    @ParameterizedTest
    @MethodSource("validLines")
    void theRegistryOfEveryReferenceIsAPrefixThatCoversIt(Line line) {
        ImageReference reference = line.reference();
        RegistryPrefix prefix = RegistryPrefix.of(reference.registry());

        assertThat(prefix.value()).isEqualTo(reference.registry());
        assertThat(prefix.covers(reference)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("validLines")
    void theNameOfEveryReferenceIsAPrefixThatCoversItAndNoLongerName(Line line) {
        ImageReference reference = line.reference();
        RegistryPrefix prefix = RegistryPrefix.of(reference.name() + "/");

        assertThat(prefix.value()).isEqualTo(reference.name());
        assertThat(prefix.covers(reference)).isTrue();
        assertThat(RegistryPrefix.of(reference.name() + "0").covers(reference)).isFalse();
        assertThat(RegistryPrefix.of(reference.name() + "/0").covers(reference)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void thePatternAdmitsExactlyWhatIsAccepted(Line line) {
        String input = line.input();
        int slash = input.indexOf('/');
        String first = slash < 0 ? input : input.substring(0, slash);

        assertThat(Stream.of(input, input + "/", input + "//", first, first + "/", first + "/acme", first + "/acme/"))
                .allSatisfy(text -> assertThat(admitted(text)).as(text).isEqualTo(accepted(text)));
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void thePatternAdmitsExactlyWhatIsAcceptedAfterASlipOfThePen(Line line) {
        String alphabet = "aZ0._-/:[]é";
        var random = new SplittableRandom(line.number());
        for (int round = 0; round < 50; round++) {
            var text = new StringBuilder(line.input());
            int at = random.nextInt(text.length() + 1);
            if (random.nextBoolean() && at < text.length()) {
                text.deleteCharAt(at);
            } else {
                text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(admitted(text.toString())).as("%s", text).isEqualTo(accepted(text.toString()));
        }
    }

    @Test
    void thePatternIsAnchoredAndKeepsToWhatEveryEngineReads() {
        assertThat(RegistryPrefix.PATTERN)
                .startsWith("^(?:")
                .endsWith("$")
                // no look-around, named group, back reference or possessive quantifier
                .doesNotContainPattern("\\(\\?[^:]|\\\\[0-9a-zA-Z]|[*+?}]\\+");
    }

    @Test
    void anEntryOf1024CharactersIsTheLongest() {
        String longest = "ghcr.io/" + "a".repeat(RegistryPrefix.MAX_LENGTH - 8);

        assertThat(RegistryPrefix.of(longest).value()).isEqualTo(longest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegistryPrefix.of(longest + "/"))
                .withMessage("not a registry prefix: text is longer than 1,024 characters");
    }
}
