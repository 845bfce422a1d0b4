package dev.interlock.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.workload.Node;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What becomes of a body: case 22, 30 and 31 of the catalogue, without a server.
class ReviewDecoderTest {
    static final String HEAD =
            "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"u-1\"";

    private static Decoded decode(String body) {
        return ReviewDecoder.decode(body.getBytes(StandardCharsets.UTF_8));
    }

    private static String withObject(String object) {
        return HEAD + ",\"object\":" + object + "}}";
    }

    static Stream<Arguments> notReviews() {
        return Stream.of(
                Arguments.of("", "the body must be one AdmissionReview in JSON"),
                Arguments.of("[]", "the body must be one AdmissionReview in JSON"),
                Arguments.of("\"text\"", "the body must be one AdmissionReview in JSON"),
                Arguments.of("no json", "the review is no valid JSON"),
                Arguments.of("{}", "`kind` must be `AdmissionReview`"),
                Arguments.of("{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}", "`kind` must be `AdmissionReview`"),
                Arguments.of(
                        HEAD.replace("io/v1\"", "io/v1beta1\"") + "}}", "`apiVersion` must be `admission.k8s.io/v1`"),
                Arguments.of(
                        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\"}",
                        "the review has no `request`"),
                Arguments.of(
                        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":null}",
                        "the review has no `request`"),
                Arguments.of(
                        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":[]}",
                        "`request` must be an object"),
                Arguments.of(
                        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{}}",
                        "has no `uid`"));
    }

    @ParameterizedTest
    @MethodSource("notReviews")
    void case22_bodyThatIsNoReviewSaysWhy(String body, String message) {
        assertThat(decode(body))
                .isInstanceOfSatisfying(
                        Decoded.NotAReview.class,
                        refused -> assertThat(refused.message()).contains(message));
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                Arguments.of("two documents", HEAD + "}}{}", "more than one document"),
                Arguments.of("10,000 deep", withObject("[".repeat(10_000) + "]".repeat(10_000)), "must be an object"),
                Arguments.of(
                        "10,000 deep in an object",
                        withObject("{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}"),
                        "exceeds a limit"),
                Arguments.of("truncated", HEAD + ",\"object\":{\"a\":", "no valid JSON"),
                Arguments.of(
                        "a string of 5 MiB", withObject("{\"a\":\"" + "x".repeat(5 << 20) + "\"}"), "exceeds a limit"),
                Arguments.of("a number of 1e400", withObject("{\"a\":1e400}"), "too large"),
                Arguments.of("a number of 1,000 digits", withObject("{\"a\":" + "9".repeat(1_000) + "}"), "limit"),
                Arguments.of("NaN", withObject("{\"a\":NaN}"), "no valid JSON"),
                Arguments.of("a comment", withObject("{/* */\"a\":1}"), "no valid JSON"),
                Arguments.of("an object that is none", withObject("7"), "`object` must be an object"),
                Arguments.of("a name twice", withObject("{\"a\":1,\"a\":2}"), "stands twice"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void case22_30_31_reviewThatCannotBeReadIsAnsweredByItsUid(String what, String body, String message) {
        assertThat(decode(body)).as(what).isInstanceOfSatisfying(Decoded.Unreadable.class, unreadable -> {
            assertThat(unreadable.uid()).isEqualTo("u-1");
            assertThat(unreadable.message()).contains(message);
        });
    }

    @Test
    void bytesInAnyEncodingAreReadOrRefusedNeverThrown() {
        for (String charset : new String[] {"UTF-16BE", "UTF-16LE", "UTF-32BE", "ISO-8859-1"}) {
            Decoded decoded = ReviewDecoder.decode(withObject("{\"a\":\"ü\"}").getBytes(Charset.forName(charset)));
            assertThat(decoded).isNotNull();
        }
        Random random = new Random(30);
        byte[] valid = withObject("{\"metadata\":{\"name\":\"x\"},\"spec\":{\"a\":[1,2,{\"b\":null}]}}")
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = valid.clone();
            for (int j = 0; j <= i % 4; j++) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            assertThat(ReviewDecoder.decode(mutated)).isNotNull();
        }
    }

    @Test
    void fieldsMayComeInAnyOrderAndUnknownOnesAreSkipped() {
        String body = """
                {"request":{"object":{"spec":{"x":1}},"userInfo":{"groups":["g"],"username":"jane","extra":{"a":["b"]}},
                "options":{"kind":"CreateOptions"},"kind":{"kind":"Deployment","version":"v1","group":"apps"},"uid":"u-2",
                "dryRun":true,"operation":"UPDATE","oldObject":{"spec":{}},"namespace":"shop","name":"checkout","subResource":null},
                "kind":"AdmissionReview","extra":[{}],"apiVersion":"admission.k8s.io/v1"}
                """;
        assertThat(decode(body)).isInstanceOfSatisfying(Decoded.Complete.class, complete -> {
            Review review = complete.review();
            assertThat(review.uid()).isEqualTo("u-2");
            assertThat(review.apiVersion()).isEqualTo("apps/v1");
            assertThat(review.kind()).isEqualTo("Deployment");
            assertThat(review.username()).isEqualTo("jane");
            assertThat(review.subresource()).isEmpty();
            assertThat(review.dryRun()).isTrue();
            assertThat(review.object()).isPresent();
            assertThat(review.oldObject()).isPresent();
        });
    }

    @Test
    void headIsReadWhateverTheObjectsAre() {
        for (String object : List.of("{}", "{\"a\":", "{no json", "[".repeat(10_000))) {
            for (String name : List.of("object", "oldObject")) {
                String body = HEAD + ",\"namespace\":\"shop\",\"" + name + "\":" + object;
                assertThat(ReviewDecoder.head(body.getBytes(StandardCharsets.UTF_8)))
                        .as(body)
                        .isInstanceOfSatisfying(Decoded.Complete.class, head -> {
                            assertThat(head.review().namespace()).isEqualTo("shop");
                            assertThat(head.review().object()).isEmpty();
                            assertThat(head.review().oldObject()).isEmpty();
                        });
            }
        }
        assertThat(ReviewDecoder.head("no json".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Decoded.NotAReview.class);
    }

    @Test
    void numbersAreReadAsKubernetesReadsThem() {
        assertThat(decode(withObject("{\"a\":9223372036854775807,\"b\":9223372036854775808,\"c\":1.0,\"d\":-0}")))
                .isInstanceOfSatisfying(Decoded.Complete.class, complete -> {
                    Node.Obj object = complete.review().object().orElseThrow();
                    assertThat(object.get("a")).contains(new Node.Int(Long.MAX_VALUE));
                    assertThat(object.get("b")).contains(new Node.Dec(0x1p63));
                    assertThat(object.get("c")).contains(new Node.Dec(1.0));
                    assertThat(object.get("d")).contains(new Node.Int(0));
                });
    }

    @Test
    void managersOfTheOldObjectAreRead() {
        String body = withObject("{}").replace("\"object\"", "\"oldObject\"");
        assertThat(decode(body.replace("{}", "{\"metadata\":{\"managedFields\":[{\"a\":1}]}}")))
                .isInstanceOfSatisfying(Decoded.Complete.class, complete -> {
                    Node.Obj old = complete.review().oldObject().orElseThrow();
                    assertThat(old.object("metadata").orElseThrow().items("managedFields"))
                            .hasSize(1);
                });
    }

    @Test
    void managedFieldsAreNotReadButEverythingElseIs() {
        assertThat(decode(withObject(
                        "{\"metadata\":{\"managedFields\":[{\"a\":1}],\"name\":\"x\"},\"managedFields\":1}")))
                .isInstanceOfSatisfying(Decoded.Complete.class, complete -> {
                    Node.Obj object = complete.review().object().orElseThrow();
                    assertThat(object.object("metadata").orElseThrow().members())
                            .containsOnlyKeys("name");
                    assertThat(object.members()).containsKey("managedFields");
                });
    }
}
