#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Downloads the captured image, so that what is digested and signed is what will be
# imported. Needs the aws command line, or any other S3 client.
set -eu
aws s3 cp "s3://$BUCKET/$(basename "$IMAGE")" "$IMAGE" \
  --endpoint-url "https://s3.$REGION.cloud-object-storage.appdomain.cloud" --only-show-errors
