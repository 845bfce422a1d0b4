package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.stream.Stream;
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

    @Test
    void aProcessIsLiveForTheLeasesDurationFromItsLastRenewal() {
        Lease lease = new LeaseBuilder()
                .withNewSpec()
                .withRenewTime(ZonedDateTime.parse(RENEWED))
                .withLeaseDurationSeconds(15)
                .endSpec()
                .build();
        assertThat(WebhookLease.liveUntil(lease)).isEqualTo(Instant.parse("2026-11-25T10:00:15.123456Z"));
    }

    static Stream<Lease> unfinished() {
        return Stream.of(
                new LeaseBuilder().build(),
                new LeaseBuilder().withNewSpec().endSpec().build(),
                new LeaseBuilder()
                        .withNewSpec()
                        .withLeaseDurationSeconds(15)
                        .endSpec()
                        .build(),
                new LeaseBuilder()
                        .withNewSpec()
                        .withRenewTime(ZonedDateTime.parse(RENEWED))
                        .endSpec()
                        .build());
    }

    @ParameterizedTest
    @MethodSource("unfinished")
    void whoeverDoesNotSayHowLongIsNotLive(Lease lease) {
        assertThat(WebhookLease.liveUntil(lease)).isEqualTo(Instant.EPOCH);
    }
}
