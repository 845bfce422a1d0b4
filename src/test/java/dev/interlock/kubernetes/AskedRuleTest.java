package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// As the API server matches: part by part.
class AskedRuleTest {
    @ParameterizedTest
    @CsvSource({
        "pods, pods, true",
        "pods, pods/resize, false",
        "pods/resize, pods/resize, true",
        "pods/resize, pods, false",
        "pods/resize, pods/status, false",
        "pods/*, pods/resize, true",
        "pods/*, pods, true",
        "pods/*, jobs/status, false",
        "*, jobs, true",
        "*, jobs/status, false",
        "*/status, jobs/status, true",
        "*/status, jobs/scale, false",
        "*/status, jobs, false",
        "*/*, jobs/scale, true",
        "*/*, jobs, true"
    })
    void resourceIsMatchedPartByPart(String pattern, String resource, boolean asks) {
        assertThat(rule(pattern, "*").asks("", "v1", resource, true, "CREATE")).isEqualTo(asks);
    }

    @ParameterizedTest
    @CsvSource({
        "*, true, true",
        "*, false, true",
        "Namespaced, true, true",
        "Namespaced, false, false",
        "Cluster, true, false",
        "Cluster, false, true"
    })
    void scopeIsOfTheResource(String scope, boolean namespaced, boolean asks) {
        assertThat(rule("pods", scope).asks("", "v1", "pods", namespaced, "UPDATE"))
                .isEqualTo(asks);
    }

    @ParameterizedTest
    @CsvSource({"'', v1, CREATE, true", "'', v1, DELETE, false", "'', v2, CREATE, false", "apps, v1, CREATE, false"})
    void groupVersionAndOperationAreNamed(String group, String version, String operation, boolean asks) {
        assertThat(rule("pods", "*").asks(group, version, "pods", true, operation))
                .isEqualTo(asks);
        AskedRule every = new AskedRule(List.of("*"), List.of("*"), List.of("*"), List.of("pods"), "*");
        assertThat(every.asks(group, version, "pods", true, operation)).isTrue();
    }

    private static AskedRule rule(String resource, String scope) {
        return new AskedRule(List.of(""), List.of("v1"), List.of("CREATE", "UPDATE"), List.of(resource), scope);
    }
}
