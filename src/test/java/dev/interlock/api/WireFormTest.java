package dev.interlock.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.api.v1alpha1.DeliveryPath;
import dev.interlock.api.v1alpha1.PromotionPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What is written is what was read: nothing is lost, an empty object least of all, and nothing absent becomes null.
class WireFormTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<Arguments> objects() {
        return Stream.of(Arguments.of(PromotionPolicy.class, """
                        {"apiVersion":"interlock.dev/v1alpha1","kind":"PromotionPolicy","metadata":{"name":"a"},
                        "spec":{"owner":{"team":"a","escalation":"#b"},"match":{"namespaceSelector":{}},"mode":"Warn",
                        "onUndecided":"Deny","checks":[{"id":"owner-known","ownership":{}},
                        {"id":"stable","stability":{"maxOpenDrift":0,"maxDrift":{"count":3,"within":"7d"}}}],
                        "drift":{"ignore":["/metadata/labels/x"]},
                        "feedback":[{"when":{"drift":{"count":3,"within":"1h"}},
                        "tighten":{"check":"stable","set":{"maxDrift":0}},"scope":"Service","hold":"14d"}]}}
                        """), Arguments.of(DeliveryPath.class, """
                        {"apiVersion":"interlock.dev/v1alpha1","kind":"DeliveryPath","metadata":{"name":"a"},
                        "spec":{"service":"a","owner":{"team":"a"},"workloads":{},"stages":[{"name":"s",
                        "namespaces":["n"],"promoters":{"serviceAccounts":[{"namespace":"ci","name":"bot"}]}}]}}
                        """));
    }

    @ParameterizedTest
    @MethodSource("objects")
    void whatIsReadIsWrittenAgain(Class<? extends HasMetadata> type, String json) throws Exception {
        HasMetadata read = Serialization.unmarshal(json, type);
        assertThat(JSON.readTree(Serialization.asJson(read))).isEqualTo(JSON.readTree(json));
    }
}
