using Godwit.Broker.Log;
using Godwit.Broker.Protection;
using Godwit.Broker.Security;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>The shortest way to each <see cref="DropReason"/>: it is counted once, and nothing else is.</summary>
public sealed class DropReasonTests
{
    private static readonly Dictionary<DropReason, Action> Ways = new()
    {
        [DropReason.NotConnected] = () => Drops(DropReason.NotConnected, broker =>
        {
            broker.Persistent("a").Subscribe("t").Disconnect();
            broker.Connect("publisher").Publish("t", "m");
        }),
        [DropReason.Congested] = () => Drops(DropReason.Congested, broker =>
        {
            broker.Connect("a").Subscribe("t").RoomBytes = 0;
            var publisher = broker.Connect("publisher");
            publisher.Publish("t", "waits");
            publisher.Publish("t", "m");
        }, limits => limits.OutputBytesMax = 1),
        [DropReason.QueueFull] = () => Drops(DropReason.QueueFull, broker => FillQueue(broker, QoS.AtLeastOnce, QoS.AtLeastOnce), limits => limits.QueueMessagesMax = 1),
        [DropReason.QueueFullOldest] = () => Drops(
            DropReason.QueueFullOldest,
            broker => FillQueue(broker, QoS.AtLeastOnce, QoS.AtLeastOnce),
            limits => limits.QueueMessagesMax = 1,
            settings => settings.OverflowPolicy = OverflowPolicy.DropOldest),
        [DropReason.QueueFullQoS0] = () => Drops(
            DropReason.QueueFullQoS0,
            broker => FillQueue(broker, QoS.AtMostOnce, QoS.AtLeastOnce),
            limits => limits.QueueMessagesMax = 1,
            settings => settings.QueueQoS0Messages = true),
        [DropReason.Expired] = () => Drops(DropReason.Expired, broker =>
        {
            broker.Connect("a").Subscribe("t");
            broker.Connect("publisher").Publish("t", "m", properties: new TestProperties().Add(PropertyId.MessageExpiryInterval, 0));
        }),
        [DropReason.DeliveryRate] = () => Drops(DropReason.DeliveryRate, broker =>
        {
            broker.Core.Rates = new ClientRates { DeliveriesPerSecond = 1 };
            broker.Connect("a").Subscribe("t");
            var publisher = broker.Connect("publisher");
            publisher.Publish("t", "first");
            publisher.Publish("t", "second");
        }),
        [DropReason.MemoryCritical] = () => Drops(DropReason.MemoryCritical, broker =>
        {
            broker.Connect("a").Subscribe("t");
            var publisher = broker.Connect("publisher");
            broker.Core.SetOverload(OverloadLevel.Critical);
            broker.Run();
            publisher.Publish("t", "m");
        }),
        [DropReason.TooLargeForReceiver] = () => Drops(DropReason.TooLargeForReceiver, broker =>
        {
            broker.Connect("a", properties: new TestProperties().Add(PropertyId.MaximumPacketSize, 100)).Subscribe("t", QoS.AtLeastOnce);
            broker.Connect("publisher").Publish("t", new string('m', 100), QoS.AtLeastOnce);
        }),
        [DropReason.NoLocal] = () => Drops(DropReason.NoLocal, broker => broker.Connect("a").Subscribe("t", noLocal: true).Publish("t", "m")),
        [DropReason.PublishNotAuthorized] = () => Drops(DropReason.PublishNotAuthorized, broker => broker.Connect("a").Publish("denied", "m")),
        [DropReason.ReservedTopic] = () => Drops(DropReason.ReservedTopic, broker => broker.Connect("a").Publish("$SYS/broker/version", "mine")),
        [DropReason.NoMember] = () => Drops(DropReason.NoMember, broker =>
        {
            broker.Persistent("a").Subscribe("$share/g/t").Disconnect();
            broker.Connect("publisher").Publish("t", "m");
        }),
        [DropReason.ReceiveNotAuthorized] = () => Drops(DropReason.ReceiveNotAuthorized, broker =>
        {
            broker.Connect("a").Subscribe("unreadable");
            broker.Connect("publisher").Publish("unreadable", "m");
        }),
        [DropReason.NotDecided] = () => Assert.Equal(1, Security.WaitingSubscribeTests.DropsUndecided().Dropped(DropReason.NotDecided)),
        [DropReason.PublisherNotAuthorized] = () => Drops(DropReason.PublisherNotAuthorized, broker =>
        {
            broker.Connect("publisher").Publish("withdrawn", "m", retain: true);
            broker.Connect("a").Subscribe("withdrawn");
        }),
        [DropReason.OutsideMountPoint] = () => Drops(DropReason.OutsideMountPoint, broker =>
        {
            broker.Authenticate = (_, _) => new Identity { Listener = new ListenerRules { MountPoint = "m/"u8.ToArray() } };
            broker.Connect("a").Subscribe("#");
            broker.Authenticate = (_, _) => null;
            broker.Connect("publisher").Publish("m", "the level above");
        }),
        [DropReason.RefusedByReceiver] = () => Drops(DropReason.RefusedByReceiver, broker =>
        {
            var client = broker.Connect("a").Subscribe("t", QoS.AtLeastOnce);
            broker.Connect("publisher").Publish("t", "m", QoS.AtLeastOnce);
            client.Puback(client.ReceivesPublish().PacketId, PubackReasonCode.NotAuthorized);
        }),
        [DropReason.RetainedLimit] = () => Drops(
            DropReason.RetainedLimit,
            broker =>
            {
                var client = broker.Connect("a");
                client.Publish("t/1", "m", retain: true);
                client.Publish("t/2", "m", retain: true);
            },
            limits => limits.RetainedMessagesMax = 1),
        [DropReason.UserRetainedLimit] = () => Drops(DropReason.UserRetainedLimit, broker =>
        {
            broker.Core.Quotas = new UserQuotas { RetainedMax = 1 };
            var client = broker.Connect("a");
            client.Publish("t/1", "m", retain: true);
            client.Publish("t/2", "m", retain: true);
        }),
        [DropReason.SessionEnded] = () => Drops(DropReason.SessionEnded, broker =>
        {
            broker.Connect("a", properties: TestProperties.Expiry(10)).Subscribe("t", QoS.AtLeastOnce).Disconnect();
            broker.Connect("publisher").Publish("t", "m", QoS.AtLeastOnce);
            broker.Advance(TimeSpan.FromSeconds(10));
        }),
        [DropReason.StoreFull] = () => Drops(
            DropReason.StoreFull,
            broker =>
            {
                broker.Log!.Health = StoreHealth.Full;
                broker.Connect("publisher").Publish("t", "m", retain: true);
            },
            log: new TestLog()),
        [DropReason.StoreDamaged] = () => Drops(
            DropReason.StoreDamaged,
            broker =>
            {
                broker.Persistent("a").Subscribe("t", QoS.AtLeastOnce).Disconnect();
                var publisher = broker.Connect("publisher");
                for (var i = 0; i < 3; i++)
                {
                    publisher.Publish("t", new string('m', 40_000), QoS.AtLeastOnce);       // the third is in the store only
                }

                broker.Log!.State().Lose(1, 2);
                Assert.Equal([1, 2], broker.Persistent("a").ReceivesAllPublishes().ConvertAll(publish => (int)publish.PacketId));
            },
            log: new TestLog()),
    };

    public static TheoryData<DropReason> Reasons => [.. Enum.GetValues<DropReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Every_reason_is_reached_and_counted(DropReason reason)
    {
        Assert.True(Ways.ContainsKey(reason), $"No test reaches {reason}.");
        Ways[reason]();
    }

    private static void Drops(
        DropReason reason,
        Action<BrokerHarness> use,
        Action<BrokerLimits>? limits = null,
        Action<BrokerSettings>? settings = null,
        TestLog? log = null)
    {
        var broker = new BrokerHarness(shards: 2, limits, settings, new TestAccess { DeniedTopics = { "denied" }, UnreadableTopics = { "unreadable" }, WithdrawnTopics = { "withdrawn" } }, log);

        use(broker);

        Assert.Equal(1, broker.Dropped(reason));
        Assert.Equal(1, broker.Counters.Dropped.Sum());
    }

    private static void FillQueue(BrokerHarness broker, QoS first, QoS second)
    {
        broker.Persistent("a").Subscribe("t", QoS.AtLeastOnce).Disconnect();
        var publisher = broker.Connect("publisher");
        publisher.Publish("t", "first", first);
        publisher.Publish("t", "second", second);
    }
}
