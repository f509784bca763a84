using Godwit.Mosquitto.Running;

namespace Godwit.Mosquitto.Scenarios;

/// <summary>Password files and ACL files.</summary>
internal static class AccessScenarios
{
    internal static async Task HomeAsync(ExampleRun run)
    {
        await run.FileAsync("the process id is in a file", "/run/mosquitto/mosquitto.pid");
        await run.PublishAllAsync(
            ("no name", "-p 1883 -t home/lamp -m on"),
            ("no name, 5.0", "-V 5 -p 1883 -t home/lamp -m on"),
            ("wrong password", "-p 1883 -u homeassistant -P butter -t home/lamp -m on"),
            ("wrong password, 5.0", "-V 5 -p 1883 -u homeassistant -P butter -t home/lamp -m on"),
            ("no password", "-p 1883 -u homeassistant -t home/lamp -m on"),
            ("unknown user", "-p 1883 -u nobody -P x -t home/lamp -m on"));

        var assistant = await run.SubscribeAsync("assistant", "-p 1883 -u homeassistant -P 'bread and butter' -t 'home/#' -t zigbee2mqtt/bridge/state -q 1");
        await run.PublishAsync("birth", "-p 1883 -u zigbee2mqtt -P z2m-secret -t zigbee2mqtt/bridge/state -m online -r -q 1");
        await run.ReceiveAsync("live", assistant, "zigbee2mqtt/bridge/state");

        await run.Broker.RestartAsync();
        await run.CollectAsync("retained after a restart", "-p 1883 -V 5 -u homeassistant -P 'bread and butter' -t 'zigbee2mqtt/#' -C 1");
    }

    internal static async Task AclAsync(ExampleRun run)
    {
        var all = await run.SubscribeAsync("admin", "-p 1883 -u admin -P adm1n -t '#'");
        var roger = await run.SubscribeAsync("roger", "-p 1883 -u roger -P jolly -t '#' -t log/roger");
        var anonymous = await run.SubscribeAsync("anonymous", "-p 1883 -t '#' -t house/door -V 5");
        var guest = await run.SubscribeAsync("guest without rules", "-p 1883 -u guest -P guest -t '#'");

        await run.PublishAllAsync(
            ("roger writes house/door", "-p 1883 -u roger -P jolly -t house/door -m open -q 1"),
            ("roger writes house/safe/door", "-p 1883 -u roger -P jolly -t house/safe/door -m open -q 1"),
            ("roger writes house/safe/door, 5.0", "-V 5 -p 1883 -u roger -P jolly -t house/safe/door -m open -q 1"),
            ("roger writes public/x, 5.0, QoS 2", "-V 5 -p 1883 -u roger -P jolly -t public/x -m no -q 2"),
            ("roger writes log/roger", "-p 1883 -u roger -P jolly -t log/roger -m hello"),
            ("anonymous writes public/x", "-p 1883 -t public/x -m no -q 1"),
            ("guest writes public/x", "-p 1883 -u guest -P guest -t public/x -m no -q 1"),
            ("admin writes house/safe/state", "-p 1883 -u admin -P adm1n -t house/safe/state -m closed"),
            ("admin writes public/x", "-p 1883 -u admin -P adm1n -t public/x -m news"),
            ("admin ends it", "-p 1883 -u admin -P adm1n -t house/end -m end -q 1"),
            ("admin ends it for all", "-p 1883 -u admin -P adm1n -t public/end -m end -q 1"));

        await run.ReceiveAsync("admin gets", all, "public/end");
        await run.ReceiveAsync("roger gets", roger, "house/end");
        await run.ReceiveAsync("anonymous gets", anonymous, "public/end");
        await run.CollectAsync("guest gets", "-p 1883 -u guest -P guest -t '#' -W 1");
        await run.CollectAsync("anonymous asks for the version", "-p 1883 -t '$SYS/broker/version' -C 1 -F '> %t'");
        await run.CollectAsync("roger asks for the version", "-p 1883 -u roger -P jolly -t '$SYS/broker/version' -W 1");
        await run.DropAsync(guest);
    }

    internal static async Task PatternsAsync(ExampleRun run)
    {
        var ann = await run.SubscribeAsync("ann", "-p 1883 -u ann -P a -i phone -t 'users/#' -t 'clients/#' -t 'all/#'");
        var bob = await run.SubscribeAsync("bob", "-p 1883 -u bob -P b -i tablet -t 'users/#' -t 'clients/#' -t 'all/#'");
        await run.PublishAllAsync(
            ("ann to herself", "-p 1883 -u ann -P a -i p1 -t users/ann/notes -m mine -q 1"),
            ("ann to bob, 5.0", "-V 5 -p 1883 -u ann -P a -i p1 -t users/bob/notes -m hers -q 1"),
            ("ann to her secret, 5.0", "-V 5 -p 1883 -u ann -P a -i p1 -t users/ann/secret -m no -q 1"),
            ("bob to himself", "-p 1883 -u bob -P b -i p2 -t users/bob/notes -m his -q 1"),
            ("state of the client itself, 5.0", "-V 5 -p 1883 -u bob -P b -i p2 -t clients/p2/state -m fine -q 1"),
            ("state of another client, 5.0", "-V 5 -p 1883 -u bob -P b -i p2 -t clients/p1/state -m lie -q 1"),
            ("a client identifier with a wildcard, 5.0", "-V 5 -p 1883 -u bob -P b -i 'p#' -t users/bob/notes -m evil -q 1"),
            ("ann ends it", "-p 1883 -u ann -P a -i p3 -t clients/p3/state -m end -q 1"));
        await run.ReceiveAsync("ann gets", ann, "clients/p3/state");
        await run.ReceiveAsync("bob gets", bob, "clients/p3/state");
    }

    internal static async Task PerListenerAsync(ExampleRun run)
    {
        await run.PublishAllAsync(
            ("machines, no name", "-p 1884 -t hall/press -m 1"),
            ("machines, wrong password", "-p 1884 -u press -P x -t hall/press -m 1"),
            ("hall, with a name of another listener", "-p 1883 -u press -P p -t hall/press -m 1 -q 1"));

        var display = await run.SubscribeAsync("display", "-p 1883 -t '#'");
        var oven = await run.SubscribeAsync("oven", "-p 1884 -u oven -P o -t 'orders/#' -t 'hall/#'");
        var service = await run.SubscribeAsync("maintenance", "-p 1885 -t '#'");
        await run.PublishAllAsync(
            ("press writes hall/press", "-p 1884 -u press -P p -t hall/press -m 80 -q 1"),
            ("press writes hall/oven, 5.0", "-V 5 -p 1884 -u press -P p -t hall/oven -m 80 -q 1"),
            ("display writes, 5.0", "-V 5 -p 1883 -t hall/press -m graffiti -q 1"),
            ("maintenance orders", "-p 1885 -t orders/press -m stop -q 1"),
            ("maintenance orders the oven", "-p 1885 -t orders/oven -m end -q 1"),
            ("oven ends it", "-p 1884 -u oven -P o -t hall/oven -m end -q 1"));
        await run.ReceiveAsync("display gets", display, "hall/oven");
        await run.ReceiveAsync("oven gets", oven, "orders/oven");
        await run.ReceiveAsync("maintenance gets", service, "hall/oven");
    }

    internal static async Task NamesAsync(ExampleRun run)
    {
        await run.PublishAllAsync(
            ("no identifier", "-p 1883 -t a -m 1"),
            ("no identifier, 5.0", "-V 5 -p 1883 -t a -m 1"),
            ("an identifier", "-p 1883 -i press -t a -m 1 -q 1"),
            ("no identifier for a tool", "-p 1884 -t a -m 1 -q 1"),
            ("no identifier for a tool, 5.0", "-V 5 -p 1884 -t a -m 1 -q 1"));
        await run.LogAsync("a tool is given a name", @"as workshop-[0-9A-F-]{36} \(p2, ");
        await run.LogAsync("a tool is given a name, 5.0", @"as workshop-[0-9A-F-]{36} \(p5, ");
    }

    internal static async Task RetainSourceAsync(ExampleRun run)
    {
        await run.PublishAsync("the press", "-p 1883 -u press -t plant/press -m 'shift ended' -r -q 1");
        await run.CollectAsync("what it has said", "-p 1883 -t 'plant/#' -C 1");
        await File.WriteAllTextAsync(run.Example.PathOf("/etc/mosquitto/acl"), "topic read plant/#\n", CancellationToken.None);
        await run.Broker.RestartAsync();
        await run.PublishAsync("the press has been sold, 5.0", "-V 5 -p 1883 -u press -t plant/press -m 'still here' -r -q 1");
        await run.CollectAsync("what it had said", "-p 1883 -t 'plant/#' -C 1");
    }

    internal static async Task GuestsAsync(ExampleRun run)
    {
        var guest = await run.SubscribeAsync("guest", "-p 1883 -t '#'");
        var owner = await run.SubscribeAsync("owner", "-p 1883 -u owner -P owner -t '#'");
        await run.PublishAllAsync(
            ("guest rings", "-p 1883 -t doorbell -m ring -q 1"),
            ("guest makes weather, 5.0", "-V 5 -p 1883 -t weather/now -m sun -q 1"),
            ("wrong password is no guest", "-p 1883 -u owner -P x -t doorbell -m ring"),
            ("unknown name is no guest", "-p 1883 -u burglar -P x -t doorbell -m ring"),
            ("owner ends it", "-p 1883 -u owner -P owner -t weather/now -m rain -q 1"));
        await run.ReceiveAsync("guest gets", guest, "weather/now");
        await run.ReceiveAsync("owner gets", owner, "weather/now");
    }
}
