package dev.interlock.drift;

import static dev.interlock.drift.DriftFixture.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.workload.Node;
import dev.interlock.workload.WorkloadKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a policy may leave out of the comparison, and what it may not.
class DriftPointerTest {
    private static final Node.Obj TREE = object(
            "{\"a\": {\"b\": 1, \"c/d\": 2, \"~e\": 3}, \"list\": [{\"x\": 1, \"y\": 2}, 5], \"only\": {\"one\": {\"two\": 2}}, \"\": 7}");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/a/b       | {\"a\": {\"c/d\": 2, \"~e\": 3}, \"list\": [{\"x\": 1, \"y\": 2}, 5], \"only\": {\"one\": {\"two\": 2}}, \"\": 7}",
                "/a/c~1d    | {\"a\": {\"b\": 1, \"~e\": 3}, \"list\": [{\"x\": 1, \"y\": 2}, 5], \"only\": {\"one\": {\"two\": 2}}, \"\": 7}",
                "/a/~0e     | {\"a\": {\"b\": 1, \"c/d\": 2}, \"list\": [{\"x\": 1, \"y\": 2}, 5], \"only\": {\"one\": {\"two\": 2}}, \"\": 7}",
                "/list/0/x  | {\"a\": {\"b\": 1, \"c/d\": 2, \"~e\": 3}, \"list\": [{\"y\": 2}, 5], \"only\": {\"one\": {\"two\": 2}}, \"\": 7}",
                "/list/0    | {\"a\": {\"b\": 1, \"c/d\": 2, \"~e\": 3}, \"list\": [5], \"only\": {\"one\": {\"two\": 2}}, \"\": 7}",
                "/only/one/two | {\"a\": {\"b\": 1, \"c/d\": 2, \"~e\": 3}, \"list\": [{\"x\": 1, \"y\": 2}, 5], \"\": 7}",
                "/          | {\"a\": {\"b\": 1, \"c/d\": 2, \"~e\": 3}, \"list\": [{\"x\": 1, \"y\": 2}, 5], \"only\": {\"one\": {\"two\": 2}}}"
            })
    void removesWhatStandsThereAndWhatIsLeftEmpty(String pointer, String rest) {
        assertThat(Pointer.of(pointer).removeFrom(TREE)).isEqualTo(object(rest));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/z", "/a/b/c", "/list/2", "/list/00", "/list/x", "/list/99999999999", "/a/0"})
    void removesNothingWhereNothingStands(String pointer) {
        assertThat(Pointer.of(pointer).removeFrom(TREE)).isEqualTo(TREE);
    }

    @Test
    void wholeObjectLeavesNothing() {
        assertThat(Pointer.of("").removeFrom(TREE)).isEqualTo(Node.Obj.EMPTY);
    }

    @ParameterizedTest
    @CsvSource({
        "spec/paused,          must begin with `/`",
        "spec.paused,          must begin with `/`",
        "/a~b,                 write `~0` for `~` and `~1` for `/`",
        "/a~,                  write `~0` for `~` and `~1` for `/`",
        "/spec/list/-,         write the item's position"
    })
    void whatIsNoPointerSaysHowToMendIt(String text, String sentence) {
        assertThatThrownBy(() -> Pointer.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/a~1b/~01/0", "/spec/template"})
    void isWrittenAsItWasRead(String text) {
        assertThat(Pointer.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/spec",
                "/spec/template",
                "/spec/template/spec",
                "/spec/template/spec/containers",
                "/spec/template/spec/containers/0",
                "/spec/template/spec/containers/0/image",
                "/spec/template/spec/initContainers/3/image",
                "/spec/template/spec/ephemeralContainers",
                "/spec/template/spec/volumes",
                "/spec/template/spec/volumes/0",
                "/spec/template/spec/volumes/0/image",
                "/spec/template/spec/volumes/0/image/reference",
                "/spec/jobTemplate",
                "/spec/jobTemplate/spec",
                "/spec/jobTemplate/spec/template/spec/containers/0/image",
                "/spec/containers/0/image",
                "/spec/containers"
            })
    void law_imagesCannotBeHidden(String pointer) {
        assertThat(Pointer.of(pointer).hidesImages()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/metadata",
                "/metadata/labels/x",
                "/spec/paused",
                "/spec/template/metadata",
                "/spec/template/metadata/annotations/example.com~1injected",
                "/spec/template/spec/containers/0/resources",
                "/spec/template/spec/containers/0/imagePullPolicy",
                "/spec/template/spec/volumes/0/configMap",
                "/spec/template/spec/tolerations",
                "/spec/jobTemplate/spec/backoffLimit"
            })
    void everythingElseMayBeLeftOut(String pointer) {
        assertThat(Pointer.of(pointer).hidesImages()).isFalse();
    }

    @Test
    void hidesImagesOfTheKindsThatHaveThemThere() {
        assertThat(Pointer.of("/spec/containers").hidesImages(WorkloadKind.POD)).isTrue();
        assertThat(Pointer.of("/spec/containers").hidesImages(WorkloadKind.DEPLOYMENT))
                .isFalse();
    }
}
