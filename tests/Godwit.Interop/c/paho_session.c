/*
 * A subscriber on the synchronous API of Eclipse Paho C that can keep its session, which paho_c_sub and paho_cs_sub cannot.
 *
 *   paho_session URI VERSION CLIENT-ID CLEAN QOS FILTER...
 *
 * VERSION is 3, 4 or 5 (5.0), CLEAN 0 or 1. Each message is one line "SIZE TOPIC TAB PAYLOAD", the form of paho_c_sub --verbose;
 * packets are shown by the library's own trace (MQTT_C_CLIENT_TRACE=ON). SIGTERM sends DISCONNECT and ends.
 */
#include <MQTTClient.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static volatile sig_atomic_t finished = 0;

static void finish(int signal)
{
    (void)signal;
    finished = 1;
}

static int on_message(void* context, char* topic, int topic_length, MQTTClient_message* message)
{
    (void)context;
    /* The library gives the length of the topic only when the topic has a U+0000 in it. */
    printf("%d %.*s\t%.*s\n", message->payloadlen, topic_length > 0 ? topic_length : (int)strlen(topic), topic,
        message->payloadlen, (char*)message->payload);
    fflush(stdout);
    MQTTClient_freeMessage(&message);
    MQTTClient_free(topic);
    return 1;
}

static void on_lost(void* context, char* cause)
{
    (void)context;
    printf("connection lost\n");
    fflush(stdout);
    if (cause != NULL)
        MQTTClient_free(cause);
}

static void check(const char* what, int rc)
{
    if (rc == MQTTCLIENT_SUCCESS)
        return;
    fprintf(stderr, "%s failed: %d\n", what, rc);
    exit(1);
}

static void connect_v3(MQTTClient client, int version, int clean)
{
    MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer;

    options.MQTTVersion = version;
    options.keepAliveInterval = 30;
    options.cleansession = clean;
    check("connect", MQTTClient_connect(client, &options));
}

static void connect_v5(MQTTClient client, int clean)
{
    MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer5;
    MQTTProperties properties = MQTTProperties_initializer;
    MQTTProperty expiry;
    MQTTResponse response;

    expiry.identifier = MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL;
    expiry.value.integer4 = clean ? 0 : 3600; /* seconds */
    MQTTProperties_add(&properties, &expiry);
    options.keepAliveInterval = 30;
    options.cleanstart = clean;
    response = MQTTClient_connect5(client, &options, &properties, NULL);
    check("connect", response.reasonCode);
    MQTTResponse_free(response);
    MQTTProperties_free(&properties);
}

static void subscribe(MQTTClient client, int version, int count, char** filters, int qos)
{
    int levels[16];
    int i;

    for (i = 0; i < count; i++)
        levels[i] = qos;
    if (version == MQTTVERSION_5)
    {
        MQTTResponse response = MQTTClient_subscribeMany5(client, count, filters, levels, NULL, NULL);

        if (response.reasonCode > 2)
            check("subscribe", response.reasonCode);
        MQTTResponse_free(response);
    }
    else
        check("subscribe", MQTTClient_subscribeMany(client, count, filters, levels));
}

int main(int argc, char** argv)
{
    MQTTClient client;
    MQTTClient_createOptions options = MQTTClient_createOptions_initializer;
    int version, clean, qos;

    if (argc < 7 || argc > 6 + 16)
        return 2;
    version = atoi(argv[2]);
    clean = atoi(argv[4]);
    qos = atoi(argv[5]);
    signal(SIGTERM, finish);
    options.MQTTVersion = version;
    check("create", MQTTClient_createWithOptions(&client, argv[1], argv[3], MQTTCLIENT_PERSISTENCE_NONE, NULL, &options));
    check("callbacks", MQTTClient_setCallbacks(client, NULL, on_lost, on_message, NULL));
    if (version == MQTTVERSION_5)
        connect_v5(client, clean);
    else
        connect_v3(client, version, clean);
    subscribe(client, version, argc - 6, &argv[6], qos);

    while (!finished)
    {
        struct timespec nap = { 0, 10 * 1000 * 1000 }; /* 10 ms */
        nanosleep(&nap, NULL);
    }
    if (version == MQTTVERSION_5)
        MQTTClient_disconnect5(client, 1000, MQTTREASONCODE_SUCCESS, NULL);
    else
        MQTTClient_disconnect(client, 1000);
    MQTTClient_destroy(&client);
    return 0;
}
