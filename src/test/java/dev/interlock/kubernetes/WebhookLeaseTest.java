package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What the operator reads from a webhook's Lease, whoever wrote it.
class WebhookLeaseTest {
    private static final String RENEWED = "2026-11-25T12:00:00.123456+02:00";

    private static Lease saying(String policies) {
        return new LeaseBuilder()
                .withNewMetadata()
                .addToAnnotations("interlock.dev/policies", policies)
                .addToAnnotations("interlock.dev/certificate", "0123")
                .endMetadata()
                .build();
    }

    static Stream<Arguments> said() {
        return Stream.of(
                Arguments.of("", Map.of()),
                Arguments.of("uid-1:7", Map.of("uid-1", 7L)),
                Arguments.of("uid-1:7,uid-2:1", Map.of("uid-1", 7L, "uid-2", 1L)),
                Arguments.of("uid-1:0", Map.of("uid-1", 0L)),
                Arguments.of("uid-1:999999999999999999", Map.of("uid-1", 999_999_999_999_999_999L)),
                Arguments.of("a:b:7", Map.of("a:b", 7L)));
    }

    @ParameterizedTest
    @MethodSource("said")
    void generationsAreReadByThePolicysUid(String annotation, Map<String, Long> generations) {
        assertThat(WebhookLease.loaded(saying(annotation))).isEqualTo(generations);
    }

    static Stream<String> garbage() {
        return Stream.of(
                "bad",
                "bad:",
                ":7",
                ":",
                "bad:-1",
                "bad:+1",
                "bad:1.5",
                "bad:1x",
                "bad: 1",
                "bad:1 ",
                "bad:0x10",
                "bad:٣",
                "bad:9223372036854775808",
                "bad:" + "9".repeat(100),
                "bad:\u0000",
                "\n");
    }

    /// Never more than what is there, and what is readable beside it still counts.
    @ParameterizedTest
    @MethodSource("garbage")
    void garbageIsPassedBy(String garbage) {
        assertThat(WebhookLease.loaded(saying(garbage))).isEmpty();
        assertThat(WebhookLease.loaded(saying("uid-1:7,%s,,uid-2:1,".formatted(garbage))))
                .isEqualTo(Map.of("uid-1", 7L, "uid-2", 1L));
    }

    @Test
    void aLeaseThatSaysNothingHasLoadedNothing() {
        Lease bare = new LeaseBuilder().withNewMetadata().endMetadata().build();
        assertThat(WebhookLease.loaded(bare)).isEmpty();
        bare.getMetadata().setAnnotations(null);
        assertThat(WebhookLease.loaded(bare)).isEmpty();
        bare.getMetadata().setAnnotations(Map.of("interlock.dev/certificate", "0123"));
        assertThat(WebhookLease.loaded(bare)).isEmpty();
    }

    private static Lease lease(
            String name, @Nullable String acquired, @Nullable String renewed, @Nullable Integer seconds) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withAcquireTime(acquired == null ? null : ZonedDateTime.parse(acquired))
                .withRenewTime(renewed == null ? null : ZonedDateTime.parse(renewed))
                .withLeaseDurationSeconds(seconds)
                .endSpec()
                .build();
    }

    private static final String ACQUIRED = "2026-11-25T09:00:00Z";
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:20Z");

    private static long second(long second) {
        return second * 1_000_000_000L - 5; // nanoTime may begin anywhere, below 0 too
    }

    private static List<String> live(HeardLeases heard, long second) {
        return heard.live(second(second)).stream()
                .map(lease -> lease.getMetadata().getName())
                .toList();
    }

    static Stream<Arguments> clocks() {
        return Stream.of(
                Arguments.of("as ours", "2026-11-25T10:00:00Z", "2026-11-25T10:00:05Z"),
                Arguments.of("ten minutes ahead", "2026-11-25T10:10:00Z", "2026-11-25T10:10:05Z"),
                Arguments.of("ten minutes behind", "2026-11-25T09:50:00Z", "2026-11-25T09:50:05Z"),
                Arguments.of("set back in between", "2026-11-25T10:00:00Z", "2026-11-25T09:50:05Z"));
    }

    @ParameterizedTest(name = "its clock is {0}")
    @MethodSource("clocks")
    void aProcessIsLiveForTheLeasesDurationFromWhenARenewalWasHeardOf(String clock, String first, String second) {
        HeardLeases heard = new HeardLeases();
        heard.hear(List.of(lease("a", ACQUIRED, first, 15)), second(0));
        assertThat(live(heard, 14)).as(clock).containsExactly("a");
        assertThat(live(heard, 15)).isEmpty();
        heard.hear(List.of(lease("a", ACQUIRED, first, 15)), second(16));
        assertThat(live(heard, 16)).as("the same again is no renewal").isEmpty();
        heard.hear(List.of(lease("a", ACQUIRED, second, 15)), second(20));
        assertThat(live(heard, 34)).containsExactly("a");
        heard.hear(List.of(), second(21));
        assertThat(live(heard, 21)).as("given up").isEmpty();
    }

    @Test
    void itHasAnsweredForAsLongAsItSaysUntilItsLastRenewalWasHeardOf() {
        HeardLeases heard = new HeardLeases();
        heard.hear(List.of(lease("a", "2026-11-25T11:00:00Z", "2026-11-25T11:05:00Z", 15)), second(0));
        heard.hear(List.of(lease("a", "2026-11-25T11:00:00Z", "2026-11-25T11:05:05Z", 15)), second(5));
        assertThat(heard.spans(NOW, second(8)))
                .as("whose clock is an hour ahead")
                .containsExactly(new Answering.Span(
                        NOW.minusSeconds(3 + 305),
                        NOW.minusSeconds(3),
                        NOW.minusSeconds(3).plusSeconds(15)));
    }

    @Test
    void ofOneThatIsOnlyMetItIsNotSaidThatItHasJustRenewed() {
        HeardLeases heard = new HeardLeases();
        heard.hear(List.of(lease("dead", "2026-11-25T09:00:00Z", "2026-11-25T09:30:00Z", 15)), second(0));
        assertThat(heard.spans(NOW, second(0)))
                .extracting(Answering.Span::renewed)
                .containsExactly(Instant.parse("2026-11-25T09:30:00Z"));
        heard.hear(List.of(lease("ahead", "2026-11-25T09:00:00Z", "2026-11-25T10:30:00Z", 15)), second(0));
        assertThat(heard.spans(NOW, second(0)))
                .extracting(Answering.Span::renewed)
                .as("never in the future")
                .containsExactly(NOW);
    }

    static Stream<Lease> unfinished() {
        return Stream.of(
                lease("a", null, null, null), lease("a", ACQUIRED, null, null), lease("a", ACQUIRED, RENEWED, null));
    }

    @ParameterizedTest
    @MethodSource("unfinished")
    void whoeverDoesNotSayHowLongIsNotLive(Lease lease) {
        HeardLeases heard = new HeardLeases();
        heard.hear(List.of(lease), second(0));
        assertThat(heard.live(second(0))).isEmpty();
        heard.hear(
                List.of(new LeaseBuilder()
                        .withNewMetadata()
                        .withName("a")
                        .endMetadata()
                        .build()),
                second(1));
        assertThat(heard.live(second(1))).isEmpty();
        assertThat(heard.spans(NOW, second(1))).isEmpty();
    }
}
