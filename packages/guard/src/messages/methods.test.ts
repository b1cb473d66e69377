import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { METHODS } from './methods.ts';

describe('METHODS', () => {
  verifies('CM-CONN-2');

  it('is the published table', () => {
    expect(METHODS).toMatchInlineSnapshot(`
      {
        "2025-06-18": {
          "client": {
            "notifications": [
              "notifications/cancelled",
              "notifications/initialized",
              "notifications/progress",
              "notifications/roots/list_changed",
            ],
            "requests": [
              "completion/complete",
              "initialize",
              "logging/setLevel",
              "ping",
              "prompts/get",
              "prompts/list",
              "resources/list",
              "resources/read",
              "resources/subscribe",
              "resources/templates/list",
              "resources/unsubscribe",
              "tools/call",
              "tools/list",
            ],
          },
          "server": {
            "notifications": [
              "notifications/cancelled",
              "notifications/message",
              "notifications/progress",
              "notifications/prompts/list_changed",
              "notifications/resources/list_changed",
              "notifications/resources/updated",
              "notifications/tools/list_changed",
            ],
            "requests": [
              "elicitation/create",
              "ping",
              "roots/list",
              "sampling/createMessage",
            ],
          },
        },
        "2025-11-25": {
          "client": {
            "notifications": [
              "notifications/cancelled",
              "notifications/initialized",
              "notifications/progress",
              "notifications/roots/list_changed",
              "notifications/tasks/status",
            ],
            "requests": [
              "completion/complete",
              "initialize",
              "logging/setLevel",
              "ping",
              "prompts/get",
              "prompts/list",
              "resources/list",
              "resources/read",
              "resources/subscribe",
              "resources/templates/list",
              "resources/unsubscribe",
              "tasks/cancel",
              "tasks/get",
              "tasks/list",
              "tasks/result",
              "tools/call",
              "tools/list",
            ],
          },
          "server": {
            "notifications": [
              "notifications/cancelled",
              "notifications/elicitation/complete",
              "notifications/message",
              "notifications/progress",
              "notifications/prompts/list_changed",
              "notifications/resources/list_changed",
              "notifications/resources/updated",
              "notifications/tasks/status",
              "notifications/tools/list_changed",
            ],
            "requests": [
              "elicitation/create",
              "ping",
              "roots/list",
              "sampling/createMessage",
              "tasks/cancel",
              "tasks/get",
              "tasks/list",
              "tasks/result",
            ],
          },
        },
        "2026-07-28": {
          "client": {
            "notifications": [
              "notifications/cancelled",
            ],
            "requests": [
              "completion/complete",
              "prompts/get",
              "prompts/list",
              "resources/list",
              "resources/read",
              "resources/templates/list",
              "server/discover",
              "subscriptions/listen",
              "tools/call",
              "tools/list",
            ],
          },
          "server": {
            "notifications": [
              "notifications/cancelled",
              "notifications/message",
              "notifications/progress",
              "notifications/prompts/list_changed",
              "notifications/resources/list_changed",
              "notifications/resources/updated",
              "notifications/subscriptions/acknowledged",
              "notifications/tools/list_changed",
            ],
            "requests": [],
          },
        },
      }
    `);
  });
});
