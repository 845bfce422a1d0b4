package dev.interlock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.admission.Reviewed;
import dev.interlock.decision.Fixture;
import dev.interlock.workload.Content;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Law 1: the operator reads from a live object what an admission reads from a review of it. Else everything that was
/// admitted would have drifted.
class ObjectMappingTest {
    private static final String METADATA = """
            {"name": "checkout", "namespace": "shop", "uid": "uid-1", "resourceVersion": "7", "generation": 3,
            "creationTimestamp": "2026-11-25T10:00:00Z", "labels": {"app": "checkout"},
            "annotations": {"deployment.kubernetes.io/revision": "3"},
            "managedFields": [{"manager": "kubectl", "operation": "Apply", "apiVersion": "apps/v1",
            "time": "2026-11-25T10:00:00Z", "fieldsType": "FieldsV1",
            "fieldsV1": {"f:spec": {"f:replicas": {}}}}]}""";

    private static String deployment(String podSpec) {
        return """
                {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": %s, "spec": {"replicas": 3,
                "selector": {"matchLabels": {"app": "checkout"}}, "template": {"metadata": {"creationTimestamp": null,
                "labels": {"app": "checkout"}, "annotations": {"kubectl.kubernetes.io/restartedAt": "now", "a": "b"}},
                "spec": %s}}, "status": {"replicas": 3}}""".formatted(METADATA, podSpec);
    }

    private static String container(String more) {
        return "{\"containers\": [{\"name\": \"app\", \"image\": \"nginx\"" + more + "}]}";
    }

    static Stream<Arguments> objects() {
        return Stream.of(
                Arguments.of("plain", deployment(container(""))),
                Arguments.of(
                        "whole numbers",
                        deployment(container(", \"ports\": [{\"containerPort\": 80}], \"x\": [0, -1, 2147483648,"
                                + " 9223372036854775807, -9223372036854775808]"))),
                Arguments.of(
                        "numbers beyond 64 bits",
                        deployment(container(
                                ", \"x\": [9223372036854775808, -9223372036854775809, 1" + "0".repeat(40) + "]"))),
                Arguments.of(
                        "decimals",
                        deployment(container(", \"x\": [0.1, 1.0, 1e3, 1E-7, -0.0, 1.5e300, 0.30000000000000004]"))),
                Arguments.of("nulls", deployment(container(", \"env\": null, \"x\": {\"y\": null}, \"z\": [null, 1]"))),
                Arguments.of(
                        "quantities",
                        deployment(
                                container(
                                        ", \"resources\": {\"limits\": {\"cpu\": \"1000m\", \"memory\": \"1Gi\"}, \"requests\": {\"cpu\": 1, \"memory\": 1.5}}"))),
                Arguments.of(
                        "values of the environment",
                        deployment(
                                container(
                                        ", \"env\": [{\"name\": \"A\", \"value\": \"secret\"}, {\"name\": \"B\", \"value\": \"$(A)\"}]"))),
                Arguments.of(
                        "texts of all kinds",
                        deployment(
                                container(
                                        ", \"command\": [\"\", \"é😀\", \"\\u0000\\n\\\"\", \"true\", \"2026-11-25\", \"1\"]"))),
                Arguments.of("empty", deployment(container(", \"x\": {}, \"y\": [], \"z\": \"\", \"b\": false"))),
                Arguments.of(
                        "a member that the client has a name of its own for",
                        deployment(container(""))
                                .replace(
                                        "\"spec\": {\"replicas\"",
                                        "\"data\": {\"a\": 1}, \"additionalProperties\": {\"b\": 2}, \"spec\": {\"replicas\"")));
    }

    private static GenericKubernetesResource live(String json) {
        return Serialization.unmarshal(json, GenericKubernetesResource.class);
    }

    /// As the API server sends lists: their items have neither `apiVersion` nor `kind`.
    private static GenericKubernetesResource listed(String json) {
        String bare = json.replace("\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", ", "")
                .replace("\"apiVersion\": \"v1\", \"kind\": \"Pod\", ", "");
        assertThat(bare).hasSizeLessThan(json.length());
        return Serialization.unmarshal(
                        "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"metadata\": {}, \"items\": [" + bare + "]}",
                        GenericKubernetesResourceList.class)
                .getItems()
                .getFirst();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objects")
    void law1_liveObjectHasTheContentThatWasAdmitted(String what, String json) {
        Content admitted = Content.of(Reviewed.workload("apps", "Deployment", json), Fixture.MASK);
        Workload read = ObjectMapping.workload(WorkloadKind.DEPLOYMENT, live(json));
        assertThat(Content.of(read, Fixture.MASK)).as(what).isEqualTo(admitted);
        assertThat(Content.of(ObjectMapping.workload(WorkloadKind.DEPLOYMENT, listed(json)), Fixture.MASK))
                .as("%s, in a list", what)
                .isEqualTo(admitted);
        assertThat(Content.template(read, Fixture.MASK))
                .isEqualTo(Content.template(Reviewed.workload("apps", "Deployment", json), Fixture.MASK));
    }

    @Test
    void law1_soHasAPodWithItsAnnotations() {
        String pod = "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": %s, \"spec\": %s, \"status\": {}}"
                .formatted(METADATA, container(", \"x\": 1"));
        Content admitted = Content.of(Reviewed.workload("", "Pod", pod), Fixture.MASK);
        assertThat(Content.of(ObjectMapping.workload(WorkloadKind.POD, live(pod)), Fixture.MASK))
                .isEqualTo(admitted);
        assertThat(Content.of(ObjectMapping.workload(WorkloadKind.POD, listed(pod)), Fixture.MASK))
                .isEqualTo(admitted);
        assertThat(admitted.value().toString()).contains("deployment.kubernetes.io/revision");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objects")
    void checksSeeTheSameImagesAndLabels(String what, String json) {
        Workload admitted = Reviewed.workload("apps", "Deployment", json);
        Workload read = ObjectMapping.workload(WorkloadKind.DEPLOYMENT, listed(json));
        assertThat(read.images()).as(what).isEqualTo(admitted.images());
        assertThat(read.labels()).isEqualTo(admitted.labels());
    }

    @Test
    void referenceIsTheObjectsOwn() {
        assertThat(ObjectMapping.ref(WorkloadKind.DEPLOYMENT, listed(deployment(container("")))))
                .isEqualTo(new ObjectRef("apps/v1", "Deployment", "shop", "checkout", "uid-1"));
    }

    @Test
    void managersAreReadFromTheManagedFields() {
        assertThat(ObjectMapping.managers(live(deployment(container("")))).toString())
                .contains("kubectl", "Apply", "f:replicas");
        assertThat(ObjectMapping.managers(live(
                        "{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"metadata\": {\"name\": \"x\"}}")))
                .isNotNull();
    }
}
