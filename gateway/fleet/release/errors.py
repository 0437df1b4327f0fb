"""Why a release is not used, in a word and in words for people."""


class ReleaseError(Exception):
    """A release that is refused, or cannot be made: `code` names the reason for programs.

    Codes: missing, torn, unsigned, unknown_key, altered, format, bad_path, oversize, not_for,
    duplicate, no_compiler, unknown, bad_key, disk.
    """

    def __init__(self, code: str, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.code = code
        self.text_id = text_id
        self.text_en = text_en
