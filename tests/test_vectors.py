import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from emitter.core.handshake import expected_answer
from emitter.core.secrets import SecretToken
from emitter.core.signing import sign, verify
from emitter.core.wire import encode

FOLDER = Path(__file__).parent.parent / "fixtures" / "vectors"
CAPTURED = json.loads((FOLDER / "captured.json").read_text(encoding="utf-8"))
OPENSSL = json.loads((FOLDER / "openssl.json").read_text(encoding="utf-8"))
VECTORS = [
    *({"secret_token": CAPTURED["secret_token"], **vector} for vector in CAPTURED["vectors"]),
    *OPENSSL["vectors"],
]
NAMES = [vector["name"] for vector in VECTORS]
COMMANDS = [
    *(vector["signature_command"] for vector in OPENSSL["vectors"]),
    *(answer["command"] for answer in OPENSSL["answers"]),
]
needs_openssl = pytest.mark.skipif(
    not (shutil.which("openssl") and shutil.which("sh")), reason="needs openssl and a POSIX shell"
)


def body_of(vector):
    return (FOLDER / vector["body_file"]).read_bytes()


def digits_printed_by(command, *, folder):
    done = subprocess.run(["sh", "-c", command], cwd=folder, check=True, capture_output=True, text=True)
    (digits,) = re.findall(r"\b[0-9a-f]{64}\b", done.stdout)
    return digits


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_each_vector_is_signed_as_it_was(vector):
    secret_token = SecretToken(vector["secret_token"])

    signature = sign(secret_token, timestamp_s=vector["x-zm-request-timestamp"], body=body_of(vector))

    assert signature == vector["x-zm-signature"]


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_each_vector_verifies(vector):
    headers = {name: vector[name] for name in ("x-zm-request-timestamp", "x-zm-signature")}

    verify(SecretToken(vector["secret_token"]), headers=headers, body=body_of(vector))


@pytest.mark.parametrize(
    "vector", [each for each in VECTORS if each["name"] != "empty"], ids=lambda each: each["name"]
)
def test_each_body_is_what_the_encoder_writes(vector):
    body = body_of(vector)

    assert encode(json.loads(body)) == body


def test_the_captured_challenge_expects_the_captured_answer():
    (challenge,) = (vector for vector in CAPTURED["vectors"] if "expected_answer" in vector)
    plain_token = json.loads(body_of(challenge))["payload"]["plainToken"]

    answer = expected_answer(SecretToken(CAPTURED["secret_token"]), plain_token)

    assert answer == challenge["expected_answer"]


@pytest.mark.parametrize("answer", OPENSSL["answers"], ids=lambda answer: answer["name"])
def test_each_answer_is_the_one_openssl_gives(answer):
    encrypted = expected_answer(SecretToken(answer["secret_token"]), answer["plain_token"])["encryptedToken"]

    assert encrypted == answer["encrypted_token"]


@needs_openssl
@pytest.mark.parametrize("vector", OPENSSL["vectors"], ids=lambda vector: vector["name"])
def test_the_commands_make_the_committed_bodies_and_signatures_again(vector, tmp_path):
    subprocess.run(["sh", "-c", vector["body_command"]], cwd=tmp_path, check=True)

    assert (tmp_path / vector["body_file"]).read_bytes() == body_of(vector)
    assert "v0=" + digits_printed_by(vector["signature_command"], folder=tmp_path) == vector["x-zm-signature"]


@needs_openssl
@pytest.mark.parametrize("answer", OPENSSL["answers"], ids=lambda answer: answer["name"])
def test_the_commands_make_the_committed_answers_again(answer, tmp_path):
    assert digits_printed_by(answer["command"], folder=tmp_path) == answer["encrypted_token"]


@pytest.mark.parametrize("vector", OPENSSL["vectors"], ids=lambda vector: vector["name"])
def test_the_signing_command_names_the_vectors_own_secret_time_and_body(vector):
    command = vector["signature_command"]

    assert f"'v0:{vector['x-zm-request-timestamp']}:'" in command
    assert f"-hmac '{vector['secret_token']}'" in command
    assert vector["body_file"] in command


def test_the_readme_holds_every_command():
    readme = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()

    assert set(COMMANDS + [vector["body_command"] for vector in OPENSSL["vectors"]]) <= set(readme)


def test_every_body_in_the_folder_belongs_to_a_vector():
    assert {path.name for path in FOLDER.glob("*.body")} == {vector["body_file"] for vector in VECTORS}


def test_the_vectors_cover_what_is_hard():
    bodies = {vector["name"]: body_of(vector) for vector in VECTORS}

    assert bodies["empty"] == b""
    assert "東京".encode() in bodies["basic-plane"]
    assert rb"\uD83D\uDE92" in bodies["emoji"]
    assert rb"\u0000" in bodies["controls"]
    assert len(bodies["60-kilobytes"]) > 60_000
