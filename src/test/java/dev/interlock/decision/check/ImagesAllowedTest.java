package dev.interlock.decision.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.CheckResult;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.Violation;
import dev.interlock.workload.RegistryPrefix;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The check kind `images`.
class ImagesAllowedTest {
    private static final String DIGEST = "@sha256:" + "0".repeat(64);

    private static List<Violation> violations(boolean digest, List<String> registries, String... images) {
        var containers = Arrays.stream(images)
                .map(image -> Fixture.container("c" + Math.floorMod(image.hashCode(), 10), image))
                .toList();
        ImagesAllowed check = new ImagesAllowed(
                digest, registries.stream().map(RegistryPrefix::of).toList(), List.of());
        CheckResult result =
                check.evaluate(Fixture.deployment(Fixture.obj("containers", containers)), Fixture.situation());
        return switch (result) {
            case CheckResult.Passed _ -> List.of();
            case CheckResult.Failed(var found) -> found.items();
            case CheckResult.Errored(String cause) -> throw new AssertionError(cause);
        };
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "prod.example/app@D, prod.example, -",
                "prod.example/app@D, prod.example/, -",
                "prod.example/team/app:1@D, prod.example/team, -",
                "evil-prod.example.attacker/app@D, prod.example, RegistryNotAllowed",
                "prod.example.attacker/app@D, prod.example, RegistryNotAllowed",
                "prod.example:444/app@D, prod.example, RegistryNotAllowed",
                "prod.example/teamevil/app@D, prod.example/team, RegistryNotAllowed",
                "nginx@D, docker.io, -",
                "nginx@D, docker.io/library, -",
                "someone/nginx@D, docker.io/library, RegistryNotAllowed",
                "host:443/app, host:443, DigestMissing",
                "prod.example/app:1.2, prod.example, DigestMissing",
                "prod.example/App@D, prod.example, ImageInvalid",
                "prod.example/app@sha256:abc, prod.example, ImageInvalid",
                "'', prod.example, ImageInvalid",
                "https://prod.example/app, prod.example, ImageInvalid",
            })
    void tellsWhatIsWrongWithAnImage(String image, String registry, String code) {
        List<Violation> found = violations(true, List.of(registry), image.replace("@D", DIGEST));
        assertThat(found.stream().map(Violation::code)).isEqualTo(code == null ? List.of() : List.of(code));
    }

    @Test
    void oneImageCanViolateTwice() {
        assertThat(violations(true, List.of("prod.example"), "docker.io/nginx:1"))
                .extracting(Violation::code)
                .containsExactly("DigestMissing", "RegistryNotAllowed");
    }

    @Test
    void everyImageIsLookedAtAndNamedByItsField() {
        assertThat(violations(true, List.of(), "a:1", "b" + DIGEST, "c:1"))
                .extracting(Violation::path)
                .containsExactly("spec.template.spec.containers[0].image", "spec.template.spec.containers[2].image");
    }

    @Test
    void digestIsAskedForOnlyWhereRequired() {
        assertThat(violations(false, List.of("docker.io"), "nginx:1")).isEmpty();
    }

    @Test
    void messageSaysHowToMendAndStaysShortWhateverTheImageIs() {
        assertThat(violations(true, List.of(), "nginx:1.27"))
                .singleElement()
                .extracting(Violation::message)
                .asString()
                .endsWith("image `nginx:1.27` has no digest; pin it as `docker.io/library/nginx@sha256:…`");
        String huge = "x/".repeat(100_000);
        assertThat(violations(true, List.of(), huge))
                .allSatisfy(violation -> assertThat(violation.message()).hasSizeLessThan(600));
        List<String> many = Stream.iterate(0, i -> i + 1)
                .limit(64)
                .map("registry-%d.example"::formatted)
                .toList();
        assertThat(violations(false, many, "nginx:1"))
                .allSatisfy(violation ->
                        assertThat(violation.message()).contains("and 61 more").hasSizeLessThan(600));
    }

    @ParameterizedTest
    @CsvSource({
        "nginx, TagDenied",
        "nginx:latest, TagDenied",
        "registry.example.com:5000/app, TagDenied",
        "registry.example.com:5000/app:edge, TagDenied",
        "nginx:1.27, ''",
        "nginx:latest-alpine, ''",
        "nginx:latest@D, ''",
        "nginx@D, ''",
        "nginx:Latest, ''",
    })
    void aDeniedTagIsDeniedWhereItSaysWhichImageItIs(String image, String code) {
        ImagesAllowed check = new ImagesAllowed(false, List.of(), List.of("latest", "edge"));
        CheckResult result = check.evaluate(Fixture.deployment(image.replace("@D", DIGEST)), Fixture.situation());
        List<String> codes = result instanceof CheckResult.Failed(var found)
                ? found.items().stream().map(Violation::code).toList()
                : List.of();
        assertThat(codes).isEqualTo(code.isEmpty() ? List.of() : List.of(code));
    }

    @Test
    void aDeniedTagIsNamedAlsoWhereNobodyWroteIt() {
        CheckResult result = new ImagesAllowed(false, List.of(), List.of("latest"))
                .evaluate(Fixture.deployment("nginx"), Fixture.situation());
        assertThat(result)
                .isInstanceOfSatisfying(
                        CheckResult.Failed.class,
                        failed -> assertThat(
                                        failed.violations().items().getFirst().message())
                                .isEqualTo(
                                        "container app: image `nginx` is named by tag `latest`; name a release, or pin it"));
    }
}
