using System.Text;
using Godwit.Broker.Security;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authorization;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Tests.Acl;

/// <summary>Rules cost nothing that the garbage collector would see: from the first byte of a PUBLISH to the last of its delivery.</summary>
public sealed class AclAllocationTests
{
    private const int PublishCount = 2_000;

    private const string Rules = """
        "Rules": [
          { "Deny": "all", "Topics": ["secret/#"] },
          { "Allow": "all", "Topics": ["plant/+/temperature"], "Clients": ["client*"] },
          { "Allow": "read", "Topics": ["devices/%c/#"] }
        ]
        """;

    [Theory, Spec("R52")]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void With_rules_a_publish_and_its_delivery_allocate_nothing(QoS qos) => Assert.Equal(0, AllocatedBy(new AclPolicy(AclAsking.Snapshot(Rules)), qos));

    [Theory, Spec("R52")]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public async Task With_a_source_that_has_answered_neither(QoS qos)
    {
        var settings = new AuthorizationSettings();
        settings.Own.Add(new Yes());
        using var service = new AuthorizationService(settings, TimeProvider.System, NullLogger.Instance);
        await AskAsync("client0", AccessAction.Subscribe, "plant/+/temperature");
        await AskAsync("client1000", AccessAction.Publish, "plant/7/temperature");

        Assert.Equal(0, AllocatedBy(new AclPolicy(AclSnapshot.Open) { Asked = service }, qos));

        Task AskAsync(string clientId, AccessAction action, string topic) =>
            service.AskAsync(clientId, identity: null, new AccessQuestion(action, Encoding.UTF8.GetBytes(topic), qos, retain: false), TestContext.Current.CancellationToken);
    }

    private static long AllocatedBy(AclPolicy policy, QoS qos)
    {
        var broker = new LeanBroker(shards: 1, policy);
        broker.Connect(0, ProtocolVersion.Mqtt5).Subscribe("plant/+/temperature", qos);
        var publisher = broker.Connect(0, ProtocolVersion.Mqtt5);
        publisher.Prepare("plant/7/temperature", qos);
        PublishMany(broker, publisher);

        // The shared array pool may let go of buffers at any collection of the process; a steady state shows itself within a few tries.
        var allocated = 0L;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var received = PublishMany(broker, publisher);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(PublishCount, received);
            if (allocated == 0)
            {
                break;
            }
        }

        return allocated;
    }

    private static int PublishMany(LeanBroker broker, LeanClient publisher)
    {
        var before = broker.ReceivedCount;
        for (var i = 0; i < PublishCount; i++)
        {
            publisher.Publish();
            for (var turn = 0; turn < 8; turn++)
            {
                broker.Turn();
            }
        }

        return broker.ReceivedCount - before;
    }

    private sealed class Yes : IAuthorizer
    {
        public string Name => "yes";

        public ValueTask<AuthorizationVerdict> AuthorizeAsync(AuthorizationRequest request, CancellationToken cancellation) =>
            ValueTask.FromResult(AuthorizationVerdict.Allow("yes"));
    }
}
