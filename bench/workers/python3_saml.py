"""The same verification by python3-saml: a task as JSON on each line of input, an answer on each line of output."""

import json
import sys
from urllib.parse import urlsplit

from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings


def verify(task):
    acs = urlsplit(task["acsUrl"])
    request = {"https": "on", "http_host": acs.netloc, "script_name": acs.path}
    settings = OneLogin_Saml2_Settings(
        {
            "strict": True,
            "sp": {"entityId": task["audience"], "assertionConsumerService": {"url": task["acsUrl"]}},
            "idp": {
                "entityId": task["issuer"],
                "singleSignOnService": {"url": "https://idp.example.com/sso"},
                "x509cert": task["certificate"],
            },
            "security": {"wantAssertionsSigned": True},
        }
    )
    accepted = 0
    for _ in range(task["times"]):
        response = OneLogin_Saml2_Response(settings, task["samlResponse"])
        if not response.is_valid(request):
            raise SystemExit(response.get_error())
        accepted += response.get_nameid() != ""
    return {"accepted": accepted}


for line in sys.stdin:
    print(json.dumps(verify(json.loads(line))), flush=True)
