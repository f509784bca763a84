using Godwit.Mosquitto.Running;

namespace Godwit.Mosquitto.Scenarios;

/// <summary>Where a broker listens, and what it logs.</summary>
internal static class ListenerScenarios
{
    internal static async Task EverydayAsync(ExampleRun run)
    {
        var sub = await run.SubscribeAsync("subscriber", "-p 1883 -t 'home/+/temperature' -q 1");
        await run.PublishAllAsync(
            ("3.1", "-V 31 -p 1883 -t home/kitchen/temperature -m 20 -q 1"),
            ("3.1.1", "-V 311 -p 1883 -t home/bath/temperature -m 23 -q 2"),
            ("5.0", "-V 5 -p 1883 -t home/attic/temperature -m 17 -r"),
            ("a name nobody knows", "-p 1883 -u anybody -P x -t home/attic/temperature -m 18 -q 1"),
            ("the end", "-p 1883 -t home/end/temperature -m 0"));
        await run.ReceiveAsync("subscriber gets", sub, "home/end/temperature");
        await run.CollectAsync("retained", "-p 1883 -t 'home/#' -C 1");
    }

    internal static async Task IncludedAsync(ExampleRun run)
    {
        await run.PublishAsync("no name", "-p 1883 -t a -m 1");
        var sub = await run.SubscribeAsync("first listener", "-p 1883 -u tool -P tool -t a -t end -q 1");
        await run.PublishAsync("QoS 2 on the first", "-V 5 -p 1883 -u tool -P tool -t a -m 1 -q 2");
        await run.PublishAsync("QoS 1 on the second", "-V 5 -p 1884 -u tool -P tool -t a -m 2 -q 1");
        await run.CollectAsync("granted on the second", "-V 5 -p 1884 -u tool -P tool -t b -q 2 -W 1");
        await run.PublishAsync("the end", "-p 1883 -u tool -P tool -t end -m 1");
        await run.ReceiveAsync("subscriber gets", sub, "end");
    }

    internal static async Task LogAsync(ExampleRun run)
    {
        const string Time = @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d: ";
        var sub = await run.SubscribeAsync("subscriber", "-p 1883 -u lumberjack -P timber -i saw -k 45 -t 'trees/+' -U hedges -q 1");
        await run.PublishAsync("wrong password", "-p 1883 -u lumberjack -P oak -i axe -t trees/1 -m fallen");
        await run.PublishAsync("the end", "-V 5 -p 1883 -u lumberjack -P timber -i axe -t trees/1 -m fallen");
        await run.ReceiveAsync("subscriber gets", sub, "trees/1");
        await run.LogAsync("a client came", Time + @"New client connected from 127\.0\.0\.1:\d+ as saw \(p2, c1, k45, u'lumberjack'\)\.$");
        await run.LogAsync("a client of 5.0 came", Time + @"New client connected from 127\.0\.0\.1:\d+ as axe \(p5, c1, k60, u'lumberjack'\)\.$");
        await run.LogAsync("it went", Time + @"Client axe disconnected\.$");
        await run.LogAsync("it subscribed", Time + @"saw 1 trees/\+$");
        await run.LogAsync("it unsubscribed", Time + @"saw hedges$");
        await run.LogAsync("one was refused", Time + "Client .* disconnected, not authorised\\.$");
    }

    internal static async Task LogTopicAsync(ExampleRun run)
    {
        var watcher = await run.SubscribeAsync("watcher", "-p 1883 -V 5 -i watcher -t '$SYS/broker/log/M/#' -q 2");
        var saw = await run.SubscribeAsync("saw", "-p 1883 -i saw -t 'trees/+' -t logs -U hedges -q 1");
        await run.ReceiveAsync("who has subscribed, and who no longer has", watcher, "M/unsubscribe");
        await run.DropAsync(saw);
        var notices = await run.SubscribeAsync("notices", "-p 1883 -t '$SYS/broker/log/N' -C 2 -F '> %t q%q r%r'");
        await run.PublishAsync("a client comes and goes", "-p 1883 -i axe -t trees/1 -m fallen");
        run.See("it is told of", await notices.EndAsync());
    }

    internal static async Task OldStyleAsync(ExampleRun run)
    {
        await run.PublishAsync("no name", "-p 1883 -t kitchen -m pie");
        var sub = await run.SubscribeAsync("subscriber", "-p 1883 -u granny -P 'apple pie' -t '#' -t 'kitchen/#'");
        await run.PublishAsync("granny", "-p 1883 -u granny -P 'apple pie' -t kitchen/oven -m 180");
        await run.PublishAsync("the end", "-p 1883 -u granny -P 'apple pie' -t end -m 0");
        await run.ReceiveAsync("overlapping subscriptions", sub, "end");
    }

    internal static async Task UnixSocketAsync(ExampleRun run)
    {
        var sub = await run.SubscribeAsync("over the socket", "--unix /run/mosquitto/mqtt.sock -t '#'");
        await run.PublishAsync("over TCP", "-p 1883 -t from/tcp -m 1");
        await run.PublishAsync("over the socket too", "--unix /run/mosquitto/mqtt.sock -t from/socket -m 2 -q 1");
        await run.ReceiveAsync("subscriber gets", sub, "from/socket");
    }

    internal static async Task MountPointAsync(ExampleRun run)
    {
        var all = await run.SubscribeAsync("operator", "-p 1883 -t '#'");
        var a = await run.SubscribeAsync("customer a", "-p 1884 -t '#'");
        var b = await run.SubscribeAsync("customer b", "-p 1885 -t 'x/+' -V 5");
        await run.PublishAllAsync(
            ("a publishes", "-p 1884 -t x/1 -m a -q 1"),
            ("b publishes", "-p 1885 -t x/2 -m b -q 1 -r"),
            ("operator to a", "-p 1883 -t customers/a/end -m end -q 1"),
            ("operator to b", "-p 1883 -t customers/b/x/end -m end -q 1"),
            ("operator ends it", "-p 1883 -t over -m end -q 1"));
        await run.ReceiveAsync("a gets", a, "end");
        await run.ReceiveAsync("b gets", b, "x/end");
        await run.ReceiveAsync("operator gets", all, "over");
        await run.CollectAsync("retained for b", "-p 1885 -t '#' -C 1");
        await run.CollectAsync("retained for all", "-p 1883 -t '#' -C 1");
        await run.CollectAsync("retained for a", "-p 1884 -t '#' -W 1");
        await run.PublishAsync("a will", "-p 1884 -i w --will-topic gone --will-payload x -t x/3 -m 3");
    }

    internal static async Task ProxyAsync(ExampleRun run)
    {
        // Mosquitto 2.0 does not know the option: its proxy says nothing, and the log names the proxy.
        await using var proxy = ProxyRelay.Start(run.Example.Port(1883), hasHeader: run.Broker.Kind == BrokerKind.Godwit);
        run.See("past the proxy", (await run.ExitCodeAsync("-p 1883 -t a -m 1") == 0).ToString());
        run.Example.Redirect(1883, proxy.Port);
        var sub = await run.SubscribeAsync("subscriber", "-p 1883 -i reader -t 'a/#' -q 1");
        await run.PublishAsync("5.0", "-V 5 -p 1883 -i writer -t a/end -m end -q 2");
        await run.ReceiveAsync("subscriber gets", sub, "a/end");
        await run.LogAsync("the address behind the proxy", @"New client connected from 203\.0\.113\.7:12345 as writer ");
    }

    internal static async Task WebSocketsAsync(ExampleRun run)
    {
        using var page = new WebSocketClient();
        run.See("CONNACK", await page.ConnectAsync(run.Example.Port(9001), "/mqtt", "mqtt", "page"));
        run.See("SUBACK", await page.SubscribeAsync("chat/+"));
        using var other = new WebSocketClient();
        run.See("any path, old subprotocol", await other.ConnectAsync(run.Example.Port(9001), "/some/where", "mqttv3.1", "other"));

        var sub = await run.SubscribeAsync("over TCP", "-p 1883 -t 'chat/#'");
        await run.PublishAsync("to the page", "-p 1883 -t chat/tcp -m hello");
        run.See("the page gets", await page.NextAsync());
        await page.PublishAsync("chat/page", "hi");
        run.See("and its own", await page.NextAsync());
        await run.ReceiveAsync("over TCP it is", sub, "chat/page");
    }
}
